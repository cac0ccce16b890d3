/* extensions.c — see extensions.h. */
#include "lib/extensions.h"

#include "lib/http_values.h"

const Extension extensions[] = {
    {"http", "http.gene", http_install},
};
const size_t extension_count = COUNT_OF(extensions);
