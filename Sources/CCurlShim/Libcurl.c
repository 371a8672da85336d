// libcurl brings some forty libraries with it, and loading them takes longer than most commands. So nothing is linked
// against it: the first transfer loads it, and the functions below pass on to what was loaded.
#include "Libcurl.h"

#include "CCurlShim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

struct libcurl libcurl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[256];

#ifdef __APPLE__
static const char *const names[] = {"libcurl.4.dylib", "/usr/lib/libcurl.4.dylib"};
#else
static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
#endif

static void load(void) {
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && library == NULL; i++) {
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL && i == 0) snprintf(failure, sizeof failure, "%s", dlerror());
    }
    if (library == NULL) return;
    failure[0] = '\0';
#define LIBCURL_FIND(name) \
    if ((libcurl.name = (__typeof__(name) *)dlsym(library, #name)) == NULL) \
        snprintf(failure, sizeof failure, "it has no %s, so it is older than 7.68", #name);
    LIBCURL_FUNCTIONS(LIBCURL_FIND)
#undef LIBCURL_FIND
}

const char *curl_shim_load(void) {
    pthread_once(&once, load);
    return failure[0] == '\0' ? NULL : failure;
}

CURLcode curl_global_init(long flags) { return libcurl.curl_global_init(flags); }

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *line) {
    return libcurl.curl_slist_append(list, line);
}

void curl_slist_free_all(struct curl_slist *list) { libcurl.curl_slist_free_all(list); }

CURL *curl_easy_init(void) { return libcurl.curl_easy_init(); }

void curl_easy_cleanup(CURL *easy) { libcurl.curl_easy_cleanup(easy); }

CURLcode curl_easy_pause(CURL *easy, int bits) { return libcurl.curl_easy_pause(easy, bits); }

CURLcode curl_easy_recv(CURL *easy, void *buffer, size_t length, size_t *count) {
    return libcurl.curl_easy_recv(easy, buffer, length, count);
}

CURLcode curl_easy_send(CURL *easy, const void *buffer, size_t length, size_t *count) {
    return libcurl.curl_easy_send(easy, buffer, length, count);
}

const char *curl_easy_strerror(CURLcode code) { return libcurl.curl_easy_strerror(code); }

CURLM *curl_multi_init(void) { return libcurl.curl_multi_init(); }

CURLMcode curl_multi_cleanup(CURLM *multi) { return libcurl.curl_multi_cleanup(multi); }

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy) { return libcurl.curl_multi_add_handle(multi, easy); }

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy) {
    return libcurl.curl_multi_remove_handle(multi, easy);
}

CURLMcode curl_multi_perform(CURLM *multi, int *running) { return libcurl.curl_multi_perform(multi, running); }

CURLMsg *curl_multi_info_read(CURLM *multi, int *left) { return libcurl.curl_multi_info_read(multi, left); }

CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd extra[], unsigned count, int milliseconds, int *ready) {
    return libcurl.curl_multi_poll(multi, extra, count, milliseconds, ready);
}

CURLMcode curl_multi_wakeup(CURLM *multi) { return libcurl.curl_multi_wakeup(multi); }
