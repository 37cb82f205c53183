package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQJMSConnectionFactory;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.jms.message.JmsMessage;

/** The clients that bring Jakarta Messaging, each with a protocol of its own. */
enum Wire {
    CORE {
        @Override
        ConnectionFactory factory(int port, String options) {
            return new ActiveMQJMSConnectionFactory("tcp://127.0.0.1:" + port + "?callTimeout=15000" + and(options));
        }
    },
    AMQP {
        @Override
        ConnectionFactory factory(int port, String options) {
            return new JmsConnectionFactory("amqp://127.0.0.1:" + port + "?jms.requestTimeout=15000" + and(options));
        }
    },
    OPENWIRE {
        @Override
        ConnectionFactory factory(int port, String options) {
            return new org.apache.activemq.ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?jms.sendTimeout=15000"
                    + "&jms.nestedMapAndListEnabled=false" + and(options));
        }
    };

    /** @param options of the client's own URL, or nothing */
    abstract ConnectionFactory factory(int port, String options);

    private static String and(String options) {
        return options.isEmpty() ? "" : "&" + options;
    }

    /** Options with which a message comes again at once and up to so many times (-1: for ever), where that is not for the broker to say. */
    String redeliveries(int most) {
        return this == OPENWIRE ? "jms.redeliveryPolicy.initialRedeliveryDelay=0&jms.redeliveryPolicy.redeliveryDelay=0"
                + "&jms.redeliveryPolicy.maximumRedeliveries=" + most : "";
    }

    /**
     * What the broker noted on a message that left its queue, as clients of this protocol see it: a property, or an annotation of AMQP's, which this
     * client has no method for. OpenWire's are told of the address alone.
     */
    Object noted(Message message, String property) throws JMSException {
        if (this == OPENWIRE) {
            assertThat(property).isEqualTo("_AMQ_ORIG_ADDRESS");
            return ((ActiveMQMessage) message).getOriginalDestination().getPhysicalName();
        }
        return this == AMQP ? ((JmsMessage) message).getFacade().getTracingAnnotation(property.replace("_AMQ_", "x-opt-").replace('_', '-'))
                : message.getObjectProperty(property);
    }

    /** Those that the suite is run with: {@code -Ddelos.wires=core,amqp}; all unless told. */
    static Stream<Wire> chosen() {
        return List.of(System.getProperty("delos.wires", "core,amqp,openwire").split(",")).stream().map(name -> valueOf(name.trim().toUpperCase(Locale.ROOT)));
    }
}
