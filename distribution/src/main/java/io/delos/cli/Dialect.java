package io.delos.cli;

import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The protocols this program can speak as a client. */
enum Dialect {
    CORE {
        @Override
        Messaging connect(BrokerUrl url, Login login) throws IOException {
            return CoreMessaging.connect(url, login);
        }
    },
    AMQP {
        @Override
        Messaging connect(BrokerUrl url, Login login) throws IOException {
            return AmqpMessaging.connect(url, login);
        }
    };

    /** Connects and logs in; refusals come as {@link IOException} with the reason. */
    abstract Messaging connect(BrokerUrl url, Login login) throws IOException;

    /** Accepts any case. */
    static final class Reader implements ITypeConverter<Dialect> {
        @Override
        public Dialect convert(String text) {
            try {
                return valueOf(text.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is not one of CORE, AMQP");
            }
        }
    }
}
