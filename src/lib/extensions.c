/* extensions.c — see extensions.h. */
#include "lib/extensions.h"

#include "lib/http_values.h"
#include "lib/tools.h"

const Extension extensions[] = {
    {"http", "http.gene", http_install},       {"logging", "logging.gene", tools_install_logging},
    {"html", "html.gene", tools_install},      {"test", "testing.gene", tools_install_testing},
    {"repl", "repl.gene", tools_install_repl},
};
const size_t extension_count = COUNT_OF(extensions);
