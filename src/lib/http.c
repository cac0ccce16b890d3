/* http.c — the natives under http.gene: requests of the host as instances, values of handlers as answers, operations of
 * the host's HTTP client and server (language 34 §1–2).
 * An answer is the map ^status ^headers ^body that the host sends; errors of handlers never reach the client, unless the
 * server was started with ^debug true. */
#include "lib/async.h"
#include "lib/http_values.h"
#include "lib/operation.h"
#include "lib/support.h"
#include "lib/tools.h"
#include "port/operations.h"
#include "task/combinators.h"
#include "task/future.h"
#include "task/scheduler.h"

#include <math.h>

/* --- checks ---------------------------------------------------------------------------------------------------- */

/* (need value message): raises unless the argument was passed. */
static NativeResult need(VM *vm, const Args *args, Value *out) {
    if (native_arg(vm, args, 0) != VAL_VOID) return lib_return(out, VAL_NIL);
    return vm_raise_message(vm, "%s", string_of(native_arg(vm, args, 1))->text);
}

static NativeResult check_url(VM *vm, const Args *args, Value *out) {
    if (!is_string(native_arg(vm, args, 0))) return vm_raise_message(vm, "URL must be a string");
    return lib_return(out, native_arg(vm, args, 0));
}

/* The method in capitals. */
static NativeResult check_method(VM *vm, const Args *args, Value *out) {
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"};
    Value method = native_arg(vm, args, 0);
    if (!lib_is_name(method)) return vm_raise_message(vm, "HTTP method must be a string");
    const char *text = lib_name_text(method);
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        size_t at = 0;
        while (text[at] && (text[at] & ~0x20) == methods[i][at]) at++;
        if (!text[at] && !methods[i][at]) return lib_return(out, string_from(vm, methods[i]));
    }
    return vm_raise_message(vm, "Unsupported HTTP method: %s", text);
}

/* (check_options request_timeout_ms concurrent) */
static NativeResult check_options(VM *vm, const Args *args, Value *out) {
    Value limit = native_arg(vm, args, 0);
    if (!is_int(limit)) return vm_raise_message(vm, "start_server ^request_timeout_ms expects an integer");
    if (int_of(limit) <= 0) return vm_raise_message(vm, "start_server ^request_timeout_ms must be positive");
    if (int_of(limit) > 600000) return vm_raise_message(vm, "start_server ^request_timeout_ms exceeds max 600000");
    if (is_truthy(native_arg(vm, args, 1))) {
        return vm_raise_message(vm,
                                "HTTP concurrent mode requires gene/actor/enable before start_server ^concurrent true");
    }
    return lib_return(out, VAL_NIL);
}

/* --- client ------------------------------------------------------------------------------------------------------ */

/* The host's answer as an instance of the class `response`. */
static Value to_response(VM *vm, Value answer, Value response) {
    uint32_t scope = roots_open(vm);
    uint32_t instance = root_push(vm, instance_make(vm, class_of_value(response)));
    http_copy_fields(vm, instance_of(root_get(vm, instance)), answer);
    Value result = root_get(vm, instance);
    roots_close(vm, scope);
    return result;
}

static Value to_good_response(VM *vm, Value answer, Value response) {
    Value status = is_map(answer) ? map_get_text(vm, map_of(answer), "status") : VAL_UNSET;
    int64_t number = status != VAL_UNSET && is_int(status) ? int_of(status) : 0;
    if (number < 400) return to_response(vm, answer, response);
    vm_raise(vm, ERR_NETWORK, "HTTP request failed with status %lld", (long long)number);
    return VAL_UNSET;
}

static const Adaptation any_response = {NULL, to_response, NULL};
static const Adaptation good_response = {NULL, to_good_response, NULL};

/* Adds a content type unless the headers have one. `headers` is a map in a root. */
static void set_json_type(VM *vm, uint32_t headers) {
    const Table *table = &map_of(root_get(vm, headers))->table;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        if (http_name_is(symbol_of(table->entries[i].key), "content-type")) return;
    }
    map_set_text(vm, map_of(root_get(vm, headers)), "Content-Type", string_from(vm, "application/json"));
}

/* Header values as strings or arrays of strings; *out_headers is a root. */
static bool copy_headers(VM *vm, Value headers, uint32_t *out_headers) {
    *out_headers = root_push(vm, map_make(vm));
    if (!is_object(headers) || !is_map(headers)) return true;
    const Table *table = &map_of(headers)->table;
    for (uint32_t i = table_next(table, 0); i < table->used; i = table_next(table, i + 1)) {
        uint32_t scope = roots_open(vm);
        uint32_t value = root_push(vm, http_header_value(vm, table->entries[i].value));
        map_set(vm, map_of(root_get(vm, *out_headers)), symbol_of(table->entries[i].key), root_get(vm, value));
        roots_close(vm, scope);
    }
    return true;
}

enum { FETCH_CLASS, FETCH_URL, FETCH_METHOD, FETCH_HEADERS, FETCH_BODY, FETCH_IS_JSON, FETCH_TIMEOUT, FETCH_STRICT };

/* (begin_fetch Response url method headers body is_json timeout strict): future of an instance of Response. */
static NativeResult begin_fetch(VM *vm, const Args *args, Value *out) {
    double timeout_ms = 0;
    Value timeout = native_arg(vm, args, FETCH_TIMEOUT), body = native_arg(vm, args, FETCH_BODY);
    if (!is_nil(timeout) && !async_duration(timeout, &timeout_ms)) {
        return vm_raise_message(vm, "^timeout expects Int milliseconds or Float seconds");
    }
    uint32_t scope = roots_open(vm), headers;
    uint32_t request = root_push(vm, map_make(vm));
    copy_headers(vm, native_arg(vm, args, FETCH_HEADERS), &headers);
    if (is_truthy(native_arg(vm, args, FETCH_IS_JSON))) set_json_type(vm, headers);
    bool has_body = is_object(body) && (is_string(body) || is_bytes(body));
    map_set_text(vm, map_of(root_get(vm, request)), "url", native_arg(vm, args, FETCH_URL));
    map_set_text(vm, map_of(root_get(vm, request)), "method", native_arg(vm, args, FETCH_METHOD));
    map_set_text(vm, map_of(root_get(vm, request)), "headers", root_get(vm, headers));
    map_set_text(vm, map_of(root_get(vm, request)), "body", has_body ? body : VAL_NIL);
    if (!is_nil(timeout)) map_set_text(vm, map_of(root_get(vm, request)), "timeout", value_float(ceil(timeout_ms)));
    Value argv[] = {root_get(vm, request)};
    bool strict = is_truthy(native_arg(vm, args, FETCH_STRICT));
    *out = operation_begin(vm, OPERATION_FETCH, argv, 1, native_arg(vm, args, FETCH_CLASS),
                           strict ? &good_response : &any_response);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

/* (make_request ServerRequest raw) */
static NativeResult make_request(VM *vm, const Args *args, Value *out) {
    *out = instance_make(vm, class_of_value(native_arg(vm, args, 0)));
    uint32_t scope = roots_open(vm);
    root_push(vm, *out);
    http_copy_fields(vm, instance_of(*out), native_arg(vm, args, 1));
    instance_set(vm, instance_of(*out), symbol_from(vm, "body_params"), VAL_NIL);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

static Value field_of(VM *vm, Value instance, const char *name) {
    Value value = is_instance(instance) ? instance_get(instance_of(instance), symbol_from(vm, name)) : VAL_UNSET;
    return value == VAL_UNSET ? VAL_NIL : value;
}

/* (body_kind request): "json", "form" or nil, by content type, or by looks when there is none. */
static NativeResult body_kind(VM *vm, const Args *args, Value *out) {
    Value headers = field_of(vm, native_arg(vm, args, 0), "headers");
    Value body = field_of(vm, native_arg(vm, args, 0), "body");
    Value type = is_map(headers) ? map_get_text(vm, map_of(headers), "content-type") : VAL_UNSET;
    *out = VAL_NIL;
    if (type != VAL_UNSET && is_string(type)) {
        if (strstr(string_of(type)->text, "json"))
            *out = string_from(vm, "json");
        else if (strstr(string_of(type)->text, "form-urlencoded"))
            *out = string_from(vm, "form");
    } else if (is_string(body) && strchr(string_of(body)->text, '=')) {
        *out = string_from(vm, "form");
    }
    return NATIVE_RETURN;
}

static NativeResult parse_form(VM *vm, const Args *args, Value *out) {
    return lib_return(out, http_parse_form(vm, string_of(native_arg(vm, args, 0))));
}

/* --- answers ------------------------------------------------------------------------------------------------------- */

/* (make_response class status headers body) */
static NativeResult make_response(VM *vm, const Args *args, Value *out) {
    *out = instance_make(vm, class_of_value(native_arg(vm, args, 0)));
    uint32_t scope = roots_open(vm);
    root_push(vm, *out);
    instance_set(vm, instance_of(*out), symbol_from(vm, "status"), native_arg(vm, args, 1));
    instance_set(vm, instance_of(*out), symbol_from(vm, "headers"), native_arg(vm, args, 2));
    instance_set(vm, instance_of(*out), symbol_from(vm, "body"), native_arg(vm, args, 3));
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* Can it be sent as it is? */
static NativeResult is_content(VM *vm, const Args *args, Value *out) {
    Value body = native_arg(vm, args, 0);
    return lib_return(out, value_bool(is_nil(body) || is_void(body) || is_string(body) || is_bytes(body)));
}

/* (answer_of value is_last): the answer for what a handler gave; nil for a future, unless it is_last. */
static NativeResult answer_of(VM *vm, const Args *args, Value *out) {
    Value value = native_arg(vm, args, 0);
    bool is_last = is_truthy(native_arg(vm, args, 1));
    if (is_future(value) && !is_last) return lib_return(out, VAL_NIL);
    return lib_return(out, http_answer(vm, value));
}

/* The text of an error for ^debug: `prefix` and the message. */
static void append_failure(VM *vm, Buffer *text, const char *prefix, Value exception) {
    Value message = is_instance(exception) ? instance_get(instance_of(exception), SYM(vm, MESSAGE)) : exception;
    buffer_append_text(text, prefix);
    print_value_safely(vm, text, message == VAL_UNSET ? exception : message, RENDER_PLAIN);
}

/* (failure_answer exception debug prefix): 500; the exception goes to the report of errors nobody sees. */
static NativeResult failure_answer(VM *vm, const Args *args, Value *out) {
    future_make_finished(vm, FUTURE_FAILURE, native_arg(vm, args, 0));
    if (is_falsy(native_arg(vm, args, 1))) return lib_return(out, http_text_answer(vm, 500, "Internal Server Error"));
    Buffer text;
    lib_buffer_init(vm, &text);
    append_failure(vm, &text, string_of(native_arg(vm, args, 2))->text, native_arg(vm, args, 0));
    *out = http_text_answer(vm, 500, buffer_text(&text));
    buffer_free(&text);
    return NATIVE_RETURN;
}

/* (timeout_answer exception future): 504 when the handler's future has not ended, else its failure is one like others. */
static NativeResult timeout_answer(VM *vm, const Args *args, Value *out) {
    Value future = native_arg(vm, args, 1);
    bool has_ended = is_future(future) && future_of(future)->state != FUTURE_PENDING;
    if (!has_ended) return lib_return(out, http_text_answer(vm, 504, "Async response error: await timed out"));
    future_make_finished(vm, FUTURE_FAILURE, native_arg(vm, args, 0));
    return lib_return(out, http_text_answer(vm, 500, "Internal Server Error"));
}

/* (await_within future ms) */
static NativeResult await_within(VM *vm, const Args *args, Value *out) {
    Value future = native_arg(vm, args, 0);
    return futures_combine(vm, COMBINE_ONE, &future, 1, number_of(native_arg(vm, args, 1)), out);
}

/* --- server ---------------------------------------------------------------------------------------------------------- */

static Value count_opened(VM *vm, Value opened, Value subject) {
    (void)subject;
    if (!is_map(opened)) {
        vm_raise(vm, ERR_NETWORK, "the host has not opened the server");
        return VAL_UNSET;
    }
    scheduler_count_server(vm, 1);
    return opened;
}

static Value count_closed(VM *vm, Value closed, Value subject) {
    (void)closed, (void)subject;
    scheduler_count_server(vm, -1);
    return VAL_NIL;
}

static const Adaptation opened_server = {NULL, count_opened, NULL};
static const Adaptation closed_server = {NULL, count_closed, NULL};

/* (begin_listening port host dispatcher): future of the map ^server ^port ^host. */
static NativeResult begin_listening(VM *vm, const Args *args, Value *out) {
    uint32_t scope = roots_open(vm);
    uint32_t options = root_push(vm, map_make(vm));
    map_set_text(vm, map_of(root_get(vm, options)), "port", native_arg(vm, args, 0));
    map_set_text(vm, map_of(root_get(vm, options)), "host", native_arg(vm, args, 1));
    Value argv[] = {root_get(vm, options), native_arg(vm, args, 2)};
    *out = operation_begin(vm, OPERATION_SERVE, argv, COUNT_OF(argv), VAL_NIL, &opened_server);
    roots_close(vm, scope);
    return NATIVE_RETURN;
}

/* (stop_listening number): future of nil. */
static NativeResult stop_listening(VM *vm, const Args *args, Value *out) {
    Value number = native_arg(vm, args, 0);
    return lib_return(out, operation_begin(vm, OPERATION_STOP_SERVER, &number, 1, VAL_NIL, &closed_server));
}

/* --- table -------------------------------------------------------------------------------------------------------------- */

static const NativeDef natives[] = {
    {"need", need, 2, 2, 0, "", "Checks that an argument was passed."},
    {"check_url", check_url, 1, 1, 0, "", "The URL."},
    {"check_method", check_method, 1, 1, 0, "", "The method in capitals."},
    {"check_options", check_options, 2, 2, 0, "", "Checks options of start_server."},
    {"begin_fetch", begin_fetch, 8, 8, 0, "", "Starts a request."},
    {"make_request", make_request, 2, 2, 0, "", "A ServerRequest from what the host says."},
    {"body_kind", body_kind, 1, 1, 0, "", "What the body of a request looks like."},
    {"parse_form", parse_form, 1, 1, 0, "", "The fields of a form."},
    {"make_response", make_response, 4, 4, 0, "", "A ServerResponse."},
    {"is_content", is_content, 1, 1, 0, "", "Can it be sent as it is?"},
    {"plain_text", tools_plain_text, 1, 1, NATIVE_REENTRANT, "", "The printed text of a value."},
    {"answer_of", answer_of, 2, 2, 0, "", "The answer for what a handler gave."},
    {"failure_answer", failure_answer, 3, 3, 0, "", "The answer for an exception."},
    {"timeout_answer", timeout_answer, 2, 2, 0, "", "The answer when a handler takes too long."},
    {"await_within", await_within, 2, 2, 0, "", "Waits for a future for some time."},
    {"begin_listening", begin_listening, 3, 3, 0, "", "Opens a server."},
    {"stop_listening", stop_listening, 1, 1, 0, "", "Closes a server."},
};

void http_install(VM *vm, NamespaceObj *ns) { vm_define_natives(vm, ns, natives, COUNT_OF(natives)); }
