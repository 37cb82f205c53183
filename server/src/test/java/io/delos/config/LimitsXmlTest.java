package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits that contradict each other: a line says where and what was expected. */
class LimitsXmlTest {

    private static List<String> warnings(String content) {
        return BrokerXml.parse("broker.xml", BrokerXmlTest.inCore(content)).warnings();
    }

    private static String setting(String content) {
        return "<address-settings>\n<address-setting match='a'>\n" + content + "\n</address-setting>\n</address-settings>";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<max-size-bytes>0</max-size-bytes><address-full-policy>BLOCK</address-full-policy>|<max-size-bytes> of 0 would take no message with BLOCK",
        "<max-size-messages>0</max-size-messages><address-full-policy>FAIL</address-full-policy>|<max-size-messages> of 0 would take no message with FAIL",
        "<page-limit-bytes>1M</page-limit-bytes><address-full-policy>DROP</address-full-policy>|<page-limit-bytes> counts only with",
        "<page-limit-messages>5</page-limit-messages><address-full-policy>BLOCK</address-full-policy>|<page-limit-messages> counts only with",
        "<page-full-policy>DROP</page-full-policy>|<page-full-policy> has no effect without <page-limit-bytes> or <page-limit-messages>",
        "<max-size-bytes-reject-threshold>9</max-size-bytes-reject-threshold><address-full-policy>PAGE</address-full-policy>|counts only with <address-full-policy>BLOCK",
        "<max-size-bytes-reject-threshold>9</max-size-bytes-reject-threshold><max-size-bytes>10</max-size-bytes>|of 9 is less than <max-size-bytes> 10"})
    void contradictionsInOneAddressSettingAreNamedWithTheirPlace(String content, String words) {
        assertThat(warnings(setting(content))).hasSize(1).allSatisfy(line -> assertThat(line).startsWith("broker.xml:4: <").contains(words));
    }

    @Test
    void anAddressThatMayHoldMoreThanAllTogether() {
        assertThat(warnings("<global-max-size>10M</global-max-size>\n"
                + setting("<max-size-bytes>20M</max-size-bytes><address-full-policy>BLOCK</address-full-policy>")))
                .containsExactly("broker.xml:5: <max-size-bytes> of 20971520 is never reached: <global-max-size> is 10485760");
    }

    @Test
    void moreMemoryThanThereIsHeap() {
        assertThat(warnings("<global-max-size>900G</global-max-size>")).hasSize(1)
                .allSatisfy(line -> assertThat(line).startsWith("broker.xml:2: <global-max-size> of 966367641600 is more than the heap of "));
        assertThat(BrokerConfig.defaults().with("global-max-size", 900L << 30).memory().effectiveGlobalMaxSize(1000)).isEqualTo(1000);
    }

    @Test
    void twoLimitsOfTheDisk() {
        assertThat(warnings("<max-disk-usage>90</max-disk-usage>\n<min-disk-free>1G</min-disk-free>"))
                .containsExactly("broker.xml:3: <max-disk-usage> has no effect beside <min-disk-free>");
    }

    @Test
    void whatMakesSenseIsNotWarnedOf() {
        assertThat(warnings("<global-max-size>1M</global-max-size>\n" + setting("<max-size-bytes>0</max-size-bytes>\n"
                + "<max-size-messages>5</max-size-messages><page-limit-messages>2</page-limit-messages><page-full-policy>FAIL</page-full-policy>")))
                .isEmpty();
        assertThat(warnings(setting("<max-size-bytes>10K</max-size-bytes><address-full-policy>BLOCK</address-full-policy>"
                + "<max-size-bytes-reject-threshold>20K</max-size-bytes-reject-threshold>"))).isEmpty();
    }
}
