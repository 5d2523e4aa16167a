/* The journey of libnats: what journey.py says, in C. The job is the first argument. */
#include <nats/nats.h>

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASKING_MS = 10000, LOOKING_MS = 10, AGAIN_MS = 50, MEGABYTE = 1024 * 1024 };

/* What callbacks have seen. The library calls them from threads of its own. */
static pthread_mutex_t seen_lock = PTHREAD_MUTEX_INITIALIZER;
static cJSON *errors;
static int errors_count;
static int is_lame_duck;
static int is_closed;

typedef struct {
    int count;
    char first[64];
    char last[64];
} Taken;

static void fail(const char *what, natsStatus status) {
    fprintf(stderr, "%s: %s: %s\n", what, natsStatus_GetText(status), nats_GetLastError(NULL));
    exit(1);
}

static void must(const char *what, natsStatus status) {
    if (status != NATS_OK) fail(what, status);
}

static const char *text_of(const cJSON *job, const char *name) {
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(job, name));
}

static int has_step(const cJSON *job, const char *name) {
    const cJSON *step;
    cJSON_ArrayForEach(step, cJSON_GetObjectItemCaseSensitive(job, "steps")) {
        if (strcmp(step->valuestring, name) == 0) return 1;
    }
    return 0;
}

static void on_error(natsConnection *nc, natsSubscription *sub, natsStatus status, void *closure) {
    const char *text = NULL;
    (void)sub;
    (void)closure;
    natsConnection_GetLastError(nc, &text);
    pthread_mutex_lock(&seen_lock);
    cJSON_AddItemToArray(errors, cJSON_CreateString(text ? text : natsStatus_GetText(status)));
    errors_count++;
    pthread_mutex_unlock(&seen_lock);
}

static void on_lame_duck(natsConnection *nc, void *closure) {
    (void)nc;
    (void)closure;
    pthread_mutex_lock(&seen_lock);
    is_lame_duck = 1;
    pthread_mutex_unlock(&seen_lock);
}

static void on_closed(natsConnection *nc, void *closure) {
    (void)nc;
    (void)closure;
    pthread_mutex_lock(&seen_lock);
    is_closed = 1;
    pthread_mutex_unlock(&seen_lock);
}

static void take(natsConnection *nc, natsSubscription *sub, natsMsg *message, void *closure) {
    Taken *taken = closure;
    (void)nc;
    (void)sub;
    pthread_mutex_lock(&seen_lock);
    taken->count++;
    snprintf(taken->last, sizeof taken->last, "%s=%.32s", natsMsg_GetSubject(message),
             natsMsg_GetDataLength(message) < 32 ? natsMsg_GetData(message) : "");
    if (taken->count == 1) strcpy(taken->first, taken->last);
    pthread_mutex_unlock(&seen_lock);
    natsMsg_Destroy(message);
}

static void take_size(natsConnection *nc, natsSubscription *sub, natsMsg *message, void *closure) {
    (void)nc;
    (void)sub;
    pthread_mutex_lock(&seen_lock);
    *(int *)closure = natsMsg_GetDataLength(message);
    pthread_mutex_unlock(&seen_lock);
    natsMsg_Destroy(message);
}

static void echo(natsConnection *nc, natsSubscription *sub, natsMsg *message, void *closure) {
    natsMsg *answer = NULL;
    const char *trace = NULL;
    (void)sub;
    (void)closure;
    must("echo", natsMsg_Create(&answer, natsMsg_GetReply(message), NULL, natsMsg_GetData(message),
                                natsMsg_GetDataLength(message)));
    if (natsMsgHeader_Get(message, "Trace", &trace) == NATS_OK)
        must("echo", natsMsgHeader_Set(answer, "Trace", trace));
    must("echo", natsConnection_PublishMsg(nc, answer));
    natsMsg_Destroy(answer);
    natsMsg_Destroy(message);
}

/* Wait until two numbers that callbacks change are large enough together. */
static void until_both(const int *number, const int *other, int enough) {
    for (int waited = 0; waited <= ASKING_MS; waited += LOOKING_MS) {
        pthread_mutex_lock(&seen_lock);
        int is_so = *number + *other >= enough;
        pthread_mutex_unlock(&seen_lock);
        if (is_so) return;
        nats_Sleep(LOOKING_MS);
    }
    fprintf(stderr, "waited too long\n");
    exit(1);
}

static void until(const int *number, int enough) {
    static const int none;
    until_both(number, &none, enough);
}

static void wait_for(const char *what) {
    char line[256];
    printf("{\"waiting\": \"%s\"}\n", what);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL) exit(1);
}

/* Subscriptions live as long as the connection: the program ends with it. */
static void subscribe(natsConnection *nc, const char *subject, natsMsgHandler callback, void *seen) {
    natsSubscription *sub = NULL;
    must("subscribe", natsConnection_Subscribe(&sub, nc, subject, callback, seen));
}

static cJSON *subjects(natsConnection *nc) {
    static Taken taken;
    char number[16];
    cJSON *result = cJSON_CreateObject();
    subscribe(nc, "orders.*", take, &taken);
    must("publish", natsConnection_PublishString(nc, "orders.eu.new", "two tokens"));
    must("publish", natsConnection_PublishString(nc, "orders", "none"));
    for (int n = 0; n < 1000; n++) {
        snprintf(number, sizeof number, "%d", n);
        must("publish", natsConnection_PublishString(nc, "orders.new", number));
    }
    until(&taken.count, 1000);
    cJSON_AddNumberToObject(result, "count", taken.count);
    cJSON_AddStringToObject(result, "first", taken.first);
    cJSON_AddStringToObject(result, "last", taken.last);
    return result;
}

static cJSON *queue(natsConnection *nc) {
    static Taken one, other, alone;
    natsSubscription *sub = NULL;
    cJSON *result = cJSON_CreateObject();
    must("queue", natsConnection_QueueSubscribe(&sub, nc, "work", "workers", take, &one));
    must("queue", natsConnection_QueueSubscribe(&sub, nc, "work", "workers", take, &other));
    subscribe(nc, "work", take, &alone);
    for (int n = 0; n < 100; n++) must("publish", natsConnection_PublishString(nc, "work", ""));
    until(&alone.count, 100);
    until_both(&one.count, &other.count, 100);
    cJSON_AddNumberToObject(result, "members", one.count + other.count);
    cJSON_AddBoolToObject(result, "both", one.count > 0 && other.count > 0);
    cJSON_AddNumberToObject(result, "alone", alone.count);
    return result;
}

/* Ask an echo with a header or without; give its answer, and that header. */
static cJSON *ask(natsConnection *nc, const char *subject, const char *trace) {
    natsMsg *question = NULL, *answer = NULL;
    const char *header = NULL;
    char said[64];
    subscribe(nc, subject, echo, NULL);
    must("create", natsMsg_Create(&question, subject, NULL, "hi", 2));
    if (trace) must("header", natsMsgHeader_Set(question, "Trace", trace));
    must("request", natsConnection_RequestMsg(&answer, nc, question, ASKING_MS));
    snprintf(said, sizeof said, "%.*s", natsMsg_GetDataLength(answer), natsMsg_GetData(answer));
    if (trace) {
        must("header", natsMsgHeader_Get(answer, "Trace", &header));
        strcat(said, " ");
        strncat(said, header, 16);
    }
    natsMsg_Destroy(question);
    natsMsg_Destroy(answer);
    return cJSON_CreateString(said);
}

static cJSON *request(natsConnection *nc) { return ask(nc, "echo", NULL); }

static cJSON *headers(natsConnection *nc) { return ask(nc, "echo.headers", "7"); }

static cJSON *nobody(natsConnection *nc) {
    natsMsg *answer = NULL;
    natsStatus status = natsConnection_RequestString(&answer, nc, "nobody", "", ASKING_MS);
    natsMsg_Destroy(answer);
    return cJSON_CreateString(status == NATS_NO_RESPONDERS ? "no responders"
                                                           : natsStatus_GetText(status));
}

static cJSON *large(natsConnection *nc) {
    static int size;
    char *payload = calloc(1, MEGABYTE);
    subscribe(nc, "large", take_size, &size);
    must("publish", natsConnection_Publish(nc, "large", payload, MEGABYTE));
    until(&size, 1);
    free(payload);
    return cJSON_CreateIntArray(&size, 1);
}

static cJSON *denied(natsConnection *nc) {
    static Taken taken;
    subscribe(nc, "secret", take, &taken);
    /* It keeps one text, the last: so the first is heard before the second can come. */
    must("flush", natsConnection_FlushTimeout(nc, ASKING_MS));
    until(&errors_count, 1);
    must("publish", natsConnection_PublishString(nc, "secret", ""));
    until(&errors_count, 2);
    return cJSON_CreateString("told");
}

static cJSON *restart(natsConnection *nc) {
    static Taken taken;
    subscribe(nc, "after", take, &taken);
    must("flush", natsConnection_FlushTimeout(nc, ASKING_MS));
    wait_for("restart");
    for (int waited = 0; waited < 2 * ASKING_MS; waited += AGAIN_MS) {
        pthread_mutex_lock(&seen_lock);
        int count = taken.count;
        pthread_mutex_unlock(&seen_lock);
        if (count > 0) break;
        must("publish", natsConnection_PublishString(nc, "after", "again"));
        nats_Sleep(AGAIN_MS);
    }
    until(&taken.count, 1);
    return cJSON_CreateString(strchr(taken.first, '=') + 1);
}

static cJSON *lame_duck(natsConnection *nc) {
    (void)nc;
    wait_for("lame duck");
    until(&is_lame_duck, 1);
    return cJSON_CreateString("told");
}

static cJSON *drain(natsConnection *nc) {
    static Taken taken;
    subscribe(nc, "tasks", take, &taken);
    for (int n = 0; n < 100; n++) must("publish", natsConnection_PublishString(nc, "tasks", ""));
    must("drain", natsConnection_Drain(nc));
    until(&is_closed, 1);
    return cJSON_CreateNumber(taken.count);
}

static const struct {
    const char *name;
    cJSON *(*take)(natsConnection *);
} STEPS[] = {
    {"subjects", subjects}, {"queue", queue},         {"request", request},
    {"headers", headers},   {"nobody", nobody},       {"large", large},
    {"denied", denied},     {"restart", restart},     {"lame duck", lame_duck},
    {"drain", drain},
};

static cJSON *take_step(natsConnection *nc, const char *name) {
    for (size_t n = 0; n < sizeof STEPS / sizeof *STEPS; n++) {
        if (strcmp(STEPS[n].name, name) == 0) return STEPS[n].take(nc);
    }
    fprintf(stderr, "no step is called %s\n", name);
    exit(1);
}

static natsOptions *options(const cJSON *job) {
    natsOptions *opts = NULL;
    must("options", natsOptions_Create(&opts));
    must("url", natsOptions_SetURL(opts, text_of(job, "url")));
    must("reconnect", natsOptions_SetAllowReconnect(opts, has_step(job, "restart")));
    must("reconnect", natsOptions_SetMaxReconnect(opts, -1));
    must("reconnect", natsOptions_SetReconnectWait(opts, AGAIN_MS));
    must("reconnect", natsOptions_SetReconnectJitter(opts, 1, 1));
    must("timeout", natsOptions_SetTimeout(opts, ASKING_MS));
    must("errors", natsOptions_SetErrorHandler(opts, on_error, NULL));
    must("closed", natsOptions_SetClosedCB(opts, on_closed, NULL));
    must("lame duck", natsOptions_SetLameDuckModeCB(opts, on_lame_duck, NULL));
    if (text_of(job, "token")) must("token", natsOptions_SetToken(opts, text_of(job, "token")));
    if (text_of(job, "user"))
        must("user", natsOptions_SetUserInfo(opts, text_of(job, "user"), text_of(job, "password")));
    if (text_of(job, "nkey"))
        must("nkey", natsOptions_SetNKeyFromSeed(opts, text_of(job, "nkey"),
                                                 text_of(job, "seed_file")));
    if (text_of(job, "creds"))
        must("creds", natsOptions_SetUserCredentialsFromFiles(opts, text_of(job, "creds"), NULL));
    if (text_of(job, "ca")) {
        must("tls", natsOptions_SetSecure(opts, true));
        must("ca", natsOptions_LoadCATrustedCertificates(opts, text_of(job, "ca")));
        must("host", natsOptions_SetExpectedHostname(opts, "localhost"));
    }
    if (text_of(job, "cert"))
        must("cert", natsOptions_LoadCertificatesChain(opts, text_of(job, "cert"),
                                                       text_of(job, "key")));
    return opts;
}

int main(int argc, char **argv) {
    cJSON *job = argc == 2 ? cJSON_Parse(argv[1]) : NULL;
    if (job == NULL) {
        fprintf(stderr, "usage: journey JOB\n");
        return 1;
    }
    errors = cJSON_CreateArray();
    cJSON *report = cJSON_CreateObject();
    cJSON *steps = cJSON_CreateObject();
    natsConnection *nc = NULL;
    natsStatus status = natsConnection_Connect(&nc, options(job));
    char refused[512] = "";
    if (status != NATS_OK) {
        snprintf(refused, sizeof refused, "%s: %s", natsStatus_GetText(status),
                 nats_GetLastError(NULL));
    } else {
        const cJSON *step;
        cJSON_ArrayForEach(step, cJSON_GetObjectItemCaseSensitive(job, "steps")) {
            cJSON_AddItemToObject(steps, step->valuestring, take_step(nc, step->valuestring));
        }
        natsConnection_Close(nc);
    }
    cJSON_AddStringToObject(report, "refused", refused);
    cJSON_AddItemToObject(report, "errors", errors);
    cJSON_AddItemToObject(report, "steps", steps);
    puts(cJSON_PrintUnformatted(report));
    return 0;
}
