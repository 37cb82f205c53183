package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3.8: message selection. */
class SelectorIT extends Contract {

    /** 3.8.1.1, 3.8.1.2, 3.8.1.3: what is selected of four cars, by their numbers. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "JMSType = 'car' AND colour = 'blue' AND weight > 2500 | 1",
        "colour IN ('blue', 'green') | 1 2",
        "colour NOT IN ('blue', 'green') | 3",
        "colour IS NULL | 4",
        "colour IS NOT NULL AND NOT (colour = 'red') | 1 2",
        "weight BETWEEN 1000 AND 2000 | 2",
        "weight NOT BETWEEN 1000 AND 2000 | 1 3",
        "plate LIKE 'M_-%' | 1 3",
        "plate LIKE 'a!_%' ESCAPE '!' | 4",
        "plate NOT LIKE 'M%' | 2 4",
        "weight * 2 + 1 = 6001 OR -weight = -1500 | 1 2",
        "weight / 2 >= 1500 | 1",
        "weight = 3000.0 | 1",
        "new | 1 2",
        "NOT new | 3",
        "new = FALSE or colour is null | 3 4",
        "weight <> 3000 | 2 3",
        "weight = '3000' | ''",
        "colour = 'it''s' | ''",
        "missing = 1 OR TRUE | 1 2 3 4",
        "missing > 1 | ''",
        "NOT (missing > 1) | ''",
        "JMSPriority > 6 | 2",
        "JMSDeliveryMode = 'NON_PERSISTENT' | 3",
        "JMSCorrelationID = 'c4' | 4",
        "JMSTimestamp > 0 AND JMSType = 'van' | 4",
        "JMSXGroupID = 'g' | 3",
        "weight > 1E3 and weight < 2.E3 | 2",
    })
    void selects(String selector, String numbers) throws JMSException {
        Queue queue = queue();
        cars(queue);
        List<String> got;
        try (MessageConsumer consumer = session.createConsumer(asked(queue), selector)) {
            got = drain(consumer);
        }
        // all priorities are mixed up in what came
        assertThat(got).containsExactlyInAnyOrderElementsOf(numbers.isBlank() || numbers.equals("''") ? List.of() : List.of(numbers.split(" ")));
    }

    private void cars(Queue queue) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            car(producer, "1", "blue", 3000L, "M1-x", true, 4);
            car(producer, "2", "green", 1500L, "B 12", true, 8);
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            Message third = session.createTextMessage("3");
            third.setJMSType("car");
            third.setStringProperty("colour", "red");
            third.setIntProperty("weight", 900);
            third.setStringProperty("plate", "MX-9");
            third.setBooleanProperty("new", false);
            third.setStringProperty("JMSXGroupID", "g");
            producer.send(third);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            Message fourth = session.createTextMessage("4");
            fourth.setJMSType("van");
            fourth.setStringProperty("plate", "a_b");
            fourth.setJMSCorrelationID("c4");
            producer.send(fourth);
        }
    }

    private void car(MessageProducer producer, String number, String colour, long weight, String plate, boolean fresh, int priority)
            throws JMSException {
        TextMessage message = session.createTextMessage(number);
        message.setJMSType("car");
        message.setStringProperty("colour", colour);
        message.setLongProperty("weight", weight);
        message.setStringProperty("plate", plate);
        message.setBooleanProperty("new", fresh);
        producer.send(message, DeliveryMode.PERSISTENT, priority, 0);
    }

    /** 3.8.1: an empty one is none. */
    @Test
    void emptyIsNone() throws JMSException {
        Queue queue = queue();
        send(queue, "a");
        expect(session.createConsumer(queue, ""), "a");
    }

    /** 3.8.1.1, 10.3: what is not syntactically right is refused where it is given. */
    @ParameterizedTest
    @ValueSource(strings = {"colour = ", "= 1", "a LIKE 1", "a BETWEEN 1", "a IN ()", "NULL = 1", "a = 'open", "(a = 1", "AND", "a = 1 b = 2"})
    void badOnesAreRefused(String selector) throws JMSException {
        Queue queue = queue();
        send(queue, "stays");
        assertThatThrownBy(() -> session.createConsumer(queue, selector)).isInstanceOf(InvalidSelectorException.class);
        // and the session lives on
        expectOn(queue, "stays");
    }

    /** 4.1.2, 6.2.9: what one consumer doesn't want stays for others, in order. */
    @Test
    void whatIsNotSelectedStays() throws JMSException {
        Queue queue = queue();
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = 0; i < 10; i++) {
                Message message = session.createTextMessage("" + i);
                message.setIntProperty("odd", i % 2);
                producer.send(message);
            }
        }
        try (MessageConsumer odd = session.createConsumer(queue, "odd = 1")) {
            expect(odd, "1", "3", "5", "7", "9");
            expectNothing(odd);
        }
        expectOn(queue, "0", "2", "4", "6", "8");
    }
}
