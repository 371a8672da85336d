#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <curl/curl.h>

// Loads libcurl on the first call, before any other function of it may be called; NULL, or why it cannot be loaded.
const char *curl_shim_load(void);

// curl_easy_setopt and its kin are variadic, which Swift cannot call: one typed function per kind of argument.

CURLcode curl_shim_set_long(CURL *easy, CURLoption option, long value);
CURLcode curl_shim_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode curl_shim_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode curl_shim_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode curl_shim_set_list(CURL *easy, CURLoption option, struct curl_slist *list);
CURLcode curl_shim_set_write(CURL *easy, CURLoption option, curl_write_callback callback);
CURLcode curl_shim_set_read(CURL *easy, curl_read_callback callback);
CURLcode curl_shim_set_seek(CURL *easy, curl_seek_callback callback);

// Opens the sockets of this handle close-on-exec: a child process must not inherit the Engine's socket.
CURLcode curl_shim_set_close_on_exec(CURL *easy);

CURLcode curl_shim_get_long(CURL *easy, CURLINFO field, long *value);
CURLcode curl_shim_get_socket(CURL *easy, CURLINFO field, curl_socket_t *value);

CURLMcode curl_shim_multi_set_long(CURLM *multi, CURLMoption option, long value);

// Runs body(context) on a detached thread that takes no signals; 0, or an errno.
int curl_shim_start_thread(const char *name, void (*body)(void *context), void *context);

#endif
