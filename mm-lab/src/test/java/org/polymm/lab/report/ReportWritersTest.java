package org.polymm.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ReportWritersTest {
    @Test
    void a_table_aligns_numbers_right_and_has_no_trailing_spaces() {
        String text = new TextTable()
                .column(false)
                .column(true)
                .row("a", "1")
                .line("a heading that is wider than anything")
                .row("long name", "12345")
                .row("empty", "")
                .text();
        assertEquals("""
                a              1
                a heading that is wider than anything
                long name  12345
                empty
                """, text);
    }

    @Test
    void json_escapes_quotes_backslashes_and_control_characters() {
        String text = new JsonWriter()
                .beginObject()
                .name("a\"b")
                .value("c\\d\n\u0001")
                .name("list")
                .beginArray()
                .value(1)
                .value(true)
                .nullValue()
                .number("0.5")
                .endArray()
                .name("none")
                .beginArray()
                .endArray()
                .endObject()
                .text();
        assertEquals("""
                {
                  "a\\"b": "c\\\\d\\n\\u0001",
                  "list": [
                    1,
                    true,
                    null,
                    0.5
                  ],
                  "none": []
                }
                """, text);
    }

    @Test
    void json_that_is_not_ended_is_refused() {
        assertThrows(
                IllegalStateException.class,
                () -> new JsonWriter().beginObject().text());
        assertThrows(
                IllegalStateException.class,
                () -> new JsonWriter().beginObject().endArray());
    }

    @Test
    void csv_quotes_what_would_be_misread() {
        assertEquals(
                "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\n",
                new CsvWriter()
                        .row("plain", "a,b", "say \"x\"", "two\nlines", "")
                        .text());
    }
}
