#ifndef LIBCURL_H
#define LIBCURL_H

#include <curl/curl.h>

// The functions of libcurl that are used, as the library that is loaded at run time has them.
#define LIBCURL_FUNCTIONS(each) \
    each(curl_global_init) each(curl_slist_append) each(curl_slist_free_all) \
    each(curl_easy_init) each(curl_easy_cleanup) each(curl_easy_setopt) each(curl_easy_getinfo) \
    each(curl_easy_pause) each(curl_easy_recv) each(curl_easy_send) each(curl_easy_strerror) \
    each(curl_multi_init) each(curl_multi_cleanup) each(curl_multi_setopt) each(curl_multi_add_handle) \
    each(curl_multi_remove_handle) each(curl_multi_perform) each(curl_multi_info_read) each(curl_multi_poll) \
    each(curl_multi_wakeup)

struct libcurl {
#define LIBCURL_FIELD(name) __typeof__(name) *name;
    LIBCURL_FUNCTIONS(LIBCURL_FIELD)
#undef LIBCURL_FIELD
};

// Filled by curl_shim_load.
extern struct libcurl libcurl;

#endif
