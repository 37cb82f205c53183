package io.delos.config;

import java.util.Optional;

/** Something a role may be allowed to do (broker.xml section 6). */
public enum Permission {
    SEND("send"), CONSUME("consume"), BROWSE("browse"),
    CREATE_ADDRESS("createAddress"), DELETE_ADDRESS("deleteAddress"),
    CREATE_DURABLE_QUEUE("createDurableQueue"), DELETE_DURABLE_QUEUE("deleteDurableQueue"),
    CREATE_NON_DURABLE_QUEUE("createNonDurableQueue"), DELETE_NON_DURABLE_QUEUE("deleteNonDurableQueue"),
    MANAGE("manage"), VIEW("view"), EDIT("edit");

    private final String xmlName;

    Permission(String xmlName) {
        this.xmlName = xmlName;
    }

    /** As broker.xml and error messages spell it. */
    public String xmlName() {
        return xmlName;
    }

    /** By its name in broker.xml, old names included. */
    public static Optional<Permission> ofXmlName(String name) {
        switch (name) {
            case "createTempQueue": return Optional.of(CREATE_NON_DURABLE_QUEUE);
            case "deleteTempQueue": return Optional.of(DELETE_NON_DURABLE_QUEUE);
            default: break;
        }
        for (Permission permission : values()) {
            if (permission.xmlName.equals(name)) {
                return Optional.of(permission);
            }
        }
        return Optional.empty();
    }
}
