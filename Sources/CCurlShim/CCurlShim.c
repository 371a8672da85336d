#define _GNU_SOURCE
#include "CCurlShim.h"

#include "Libcurl.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

CURLcode curl_shim_set_long(CURL *easy, CURLoption option, long value) {
    return libcurl.curl_easy_setopt(easy, option, value);
}

CURLcode curl_shim_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return libcurl.curl_easy_setopt(easy, option, value);
}

CURLcode curl_shim_set_string(CURL *easy, CURLoption option, const char *value) {
    return libcurl.curl_easy_setopt(easy, option, value);
}

CURLcode curl_shim_set_pointer(CURL *easy, CURLoption option, void *value) {
    return libcurl.curl_easy_setopt(easy, option, value);
}

CURLcode curl_shim_set_list(CURL *easy, CURLoption option, struct curl_slist *list) {
    return libcurl.curl_easy_setopt(easy, option, list);
}

CURLcode curl_shim_set_write(CURL *easy, CURLoption option, curl_write_callback callback) {
    return libcurl.curl_easy_setopt(easy, option, callback);
}

CURLcode curl_shim_set_read(CURL *easy, curl_read_callback callback) {
    return libcurl.curl_easy_setopt(easy, CURLOPT_READFUNCTION, callback);
}

CURLcode curl_shim_set_seek(CURL *easy, curl_seek_callback callback) {
    return libcurl.curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback);
}

static curl_socket_t open_close_on_exec(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context;
    (void)purpose;
#ifdef SOCK_CLOEXEC
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    curl_socket_t opened = socket(address->family, address->socktype, address->protocol);
    if (opened >= 0) fcntl(opened, F_SETFD, FD_CLOEXEC);
    return opened;
#endif
}

CURLcode curl_shim_set_close_on_exec(CURL *easy) {
    return libcurl.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_close_on_exec);
}

CURLcode curl_shim_get_long(CURL *easy, CURLINFO field, long *value) {
    return libcurl.curl_easy_getinfo(easy, field, value);
}

CURLcode curl_shim_get_socket(CURL *easy, CURLINFO field, curl_socket_t *value) {
    return libcurl.curl_easy_getinfo(easy, field, value);
}

CURLMcode curl_shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return libcurl.curl_multi_setopt(multi, option, value);
}

struct thread_start {
    char name[16];
    void (*body)(void *context);
    void *context;
};

static void *run_thread(void *argument) {
    struct thread_start start = *(struct thread_start *)argument;
    free(argument);
#ifdef __APPLE__
    pthread_setname_np(start.name);
#else
    pthread_setname_np(pthread_self(), start.name);
#endif
    start.body(start.context);
    return NULL;
}

static int create_detached(struct thread_start *start) {
    pthread_attr_t attributes;
    int failure = pthread_attr_init(&attributes);
    if (failure != 0) return failure;
    pthread_t thread;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    failure = pthread_create(&thread, &attributes, run_thread, start);
    pthread_attr_destroy(&attributes);
    return failure;
}

int curl_shim_start_thread(const char *name, void (*body)(void *context), void *context) {
    struct thread_start *start = calloc(1, sizeof *start);
    if (start == NULL) return ENOMEM;
    strncpy(start->name, name, sizeof start->name - 1);
    start->body = body;
    start->context = context;
    // Signals are for the program's own threads: the new thread is born with them blocked, crashes excepted.
    sigset_t blocked, before;
    sigfillset(&blocked);
    const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT};
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++) sigdelset(&blocked, crashes[i]);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    int failure = create_detached(start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure != 0) free(start);
    return failure;
}
