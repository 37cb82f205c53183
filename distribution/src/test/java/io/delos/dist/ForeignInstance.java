package io.delos.dist;

import java.util.List;

/** A configuration with the elements that Apache Artemis 2.56 writes for a new instance. */
final class ForeignInstance {

    /** What tunes machinery of Artemis that Delos doesn't have. */
    static final List<String> WITHOUT_EFFECT = List.of("max-redelivery-records", "journal-type", "journal-min-files", "journal-pool-files",
            "journal-device-block-size", "journal-buffer-timeout", "journal-max-io", "critical-analyzer", "critical-analyzer-timeout",
            "critical-analyzer-check-period", "critical-analyzer-policy", "page-sync-timeout");

    private ForeignInstance() {
    }

    static String brokerXml(int port) {
        return """
                <?xml version='1.0'?>
                <configuration xmlns="urn:activemq"
                               xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                               xmlns:xi="http://www.w3.org/2001/XInclude"
                               xsi:schemaLocation="urn:activemq /schema/artemis-configuration.xsd">
                  <core xmlns="urn:activemq:core" xsi:schemaLocation="urn:activemq:core ">
                    <name>0.0.0.0</name>
                    <persistence-enabled>true</persistence-enabled>
                    <max-redelivery-records>1</max-redelivery-records>
                    <journal-type>ASYNCIO</journal-type>
                    <paging-directory>data/paging</paging-directory>
                    <bindings-directory>data/bindings</bindings-directory>
                    <journal-directory>data/journal</journal-directory>
                    <large-messages-directory>data/large-messages</large-messages-directory>
                    <journal-datasync>true</journal-datasync>
                    <journal-min-files>2</journal-min-files>
                    <journal-pool-files>10</journal-pool-files>
                    <journal-device-block-size>4096</journal-device-block-size>
                    <journal-file-size>10M</journal-file-size>
                    <journal-buffer-timeout>156000</journal-buffer-timeout>
                    <journal-max-io>4096</journal-max-io>
                    <disk-scan-period>5000</disk-scan-period>
                    <max-disk-usage>100</max-disk-usage>
                    <critical-analyzer>true</critical-analyzer>
                    <critical-analyzer-timeout>120000</critical-analyzer-timeout>
                    <critical-analyzer-check-period>60000</critical-analyzer-check-period>
                    <critical-analyzer-policy>HALT</critical-analyzer-policy>
                    <page-sync-timeout>156000</page-sync-timeout>
                    <global-max-messages>-1</global-max-messages>
                    <acceptors>
                      <acceptor name="artemis">%s</acceptor>
                    </acceptors>
                    <security-settings>
                      <security-setting match="#">
                        <permission type="createNonDurableQueue" roles="amq"/>
                        <permission type="deleteNonDurableQueue" roles="amq"/>
                        <permission type="createDurableQueue" roles="amq"/>
                        <permission type="deleteDurableQueue" roles="amq"/>
                        <permission type="createAddress" roles="amq"/>
                        <permission type="deleteAddress" roles="amq"/>
                        <permission type="consume" roles="amq"/>
                        <permission type="browse" roles="amq"/>
                        <permission type="send" roles="amq"/>
                        <permission type="manage" roles="amq"/>
                      </security-setting>
                    </security-settings>
                    <address-settings>
                      <address-setting match="activemq.management.#">
                        <dead-letter-address>DLQ</dead-letter-address>
                        <expiry-address>ExpiryQueue</expiry-address>
                        <redelivery-delay>0</redelivery-delay>
                        <max-size-bytes>-1</max-size-bytes>
                        <message-counter-history-day-limit>10</message-counter-history-day-limit>
                        <address-full-policy>PAGE</address-full-policy>
                        <auto-create-queues>true</auto-create-queues>
                        <auto-create-addresses>true</auto-create-addresses>
                      </address-setting>
                      <address-setting match="#">
                        <dead-letter-address>DLQ</dead-letter-address>
                        <expiry-address>ExpiryQueue</expiry-address>
                        <redelivery-delay>0</redelivery-delay>
                        <max-size-bytes>-1</max-size-bytes>
                        <max-size-messages>-1</max-size-messages>
                        <max-read-page-messages>-1</max-read-page-messages>
                        <max-read-page-bytes>20M</max-read-page-bytes>
                        <page-limit-bytes>-1</page-limit-bytes>
                        <page-limit-messages>-1</page-limit-messages>
                        <message-counter-history-day-limit>10</message-counter-history-day-limit>
                        <address-full-policy>PAGE</address-full-policy>
                        <auto-create-queues>true</auto-create-queues>
                        <auto-create-addresses>true</auto-create-addresses>
                        <auto-delete-queues>false</auto-delete-queues>
                        <auto-delete-addresses>false</auto-delete-addresses>
                      </address-setting>
                    </address-settings>
                    <addresses>
                      <address name="DLQ"><anycast><queue name="DLQ"/></anycast></address>
                      <address name="ExpiryQueue"><anycast><queue name="ExpiryQueue"/></anycast></address>
                    </addresses>
                  </core>
                </configuration>
                """.formatted("tcp://127.0.0.1:" + port + "?tcpSendBufferSize=1048576;tcpReceiveBufferSize=1048576;amqpMinLargeMessageSize=102400;"
                + "protocols=CORE,AMQP,STOMP,HORNETQ,MQTT,OPENWIRE;useEpoll=true;amqpCredits=1000;amqpLowCredits=300;"
                + "amqpDuplicateDetection=true;supportAdvisory=false;suppressInternalManagementObjects=false");
    }
}
