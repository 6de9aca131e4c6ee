# Varnish as it is delivered, before Apache. Its own 503 has "Retry-After: 5".
vcl 4.1;
backend default {
    .host = "127.0.0.1";
    .port = "@FIRST@";
    .first_byte_timeout = 2s;
}
