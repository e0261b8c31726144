package org.polymm.lab.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.polymm.lab.metrics.Measurements;
import org.polymm.lab.metrics.Metric;
import org.polymm.lab.metrics.MetricValue;
import org.polymm.lab.metrics.Unit;

class ComparisonFormatTest {
    private static final Metric FAULTS = new Metric("pgfault", "faults", Unit.COUNT, "Page faults.");
    private static final Metric BYTES = new Metric("copied", "work", Unit.BYTES, "Bytes copied.");
    private static final Metric SHARE = new Metric("share", "work", Unit.PER_MILLE, "A share.");
    private static final Metric TIME = new Metric("time", "work", Unit.NANOSECONDS, "A time.");

    @Test
    void a_table_aligns_metrics_by_sets_with_ratios_to_the_first() {
        assertEquals("""
                workload  redis
                events    12

                configuration
                  key           mainline  large
                  memory        4GiB
                  orders.use    a         b
                  orders.limit  -         64kB

                metric     unit  mainline  large  ratio

                faults
                  pgfault             100     33   0.33

                work
                  copied   KiB         40   20.5   0.51
                  share    %          1.5    0.0   0.00
                  time     us         n/a      2      -

                n/a
                  not timed: time

                notes
                  large: is large
                """, ComparisonFormat.table(comparison(), false));
    }

    @Test
    void csv_has_a_line_for_each_metric_and_set() {
        assertEquals("""
                section,metric,unit,set,value,ratio,not_available
                faults,pgfault,count,mainline,100,1.00,
                faults,pgfault,count,large,33,0.33,
                work,copied,bytes,mainline,40960,1.00,
                work,copied,bytes,large,20992,0.51,
                work,share,per-mille,mainline,15,1.00,
                work,share,per-mille,large,0,0.00,
                work,time,nanoseconds,mainline,,,not timed
                work,time,nanoseconds,large,1500,,
                """, ComparisonFormat.csv(comparison()));
    }

    @Test
    void json_has_every_metric_once_and_every_value_by_its_name() {
        assertEquals(
                """
                {
                  "format": "polymm-compare",
                  "version": 1,
                  "workload": {
                    "workload": "redis",
                    "events": "12"
                  },
                  "metrics": [
                    {
                      "id": "pgfault",
                      "section": "faults",
                      "unit": "count",
                      "help": "Page faults."
                    }
                  ],
                  "sets": [
                    {
                      "name": "mainline",
                      "configuration": {
                        "a": "\\"1\\""
                      },
                      "notes": [],
                      "values": {
                        "pgfault": 7
                      }
                    },
                    {
                      "name": "other",
                      "configuration": {},
                      "notes": [
                        "n"
                      ],
                      "values": {
                        "pgfault": {
                          "notAvailable": "not measured in this run"
                        }
                      }
                    }
                  ]
                }
                """,
                ComparisonFormat.json(new Comparison(
                        workload(),
                        List.of(
                                new Comparison.Column("mainline", map("a", "\"1\""), List.of(), measured(FAULTS, 7)),
                                new Comparison.Column("other", map(), List.of("n"), new Measurements())))));
    }

    @Test
    void a_metric_cannot_be_measured_twice_in_a_run() {
        Measurements measurements = measured(FAULTS, 1);
        assertThrows(IllegalArgumentException.class, () -> measurements.put(FAULTS, 2));
    }

    private static Comparison comparison() {
        Measurements first = measured(FAULTS, 100);
        first.put(BYTES, 40960);
        first.put(SHARE, 15);
        first.put(TIME, MetricValue.notAvailable("not timed"));
        Measurements second = measured(FAULTS, 33);
        second.put(BYTES, 20992);
        second.put(SHARE, 0);
        second.put(TIME, 1500);
        return new Comparison(
                workload(),
                List.of(
                        new Comparison.Column("mainline", map("memory", "4GiB", "orders.use", "a"), List.of(), first),
                        new Comparison.Column(
                                "large",
                                map("memory", "4GiB", "orders.use", "b", "orders.limit", "64kB"),
                                List.of("is large"),
                                second)));
    }

    private static SequencedMap<String, String> workload() {
        return map("workload", "redis", "events", "12");
    }

    private static Measurements measured(Metric metric, long value) {
        Measurements measurements = new Measurements();
        measurements.put(metric, value);
        return measurements;
    }

    private static SequencedMap<String, String> map(String... keysAndValues) {
        SequencedMap<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
