// Tells the thread sanitizer what happens in a contended Mutex of the standard library. scripts/tsan links it into all
// that it builds.
//
// Taking a Mutex that is free and giving up one that nobody waits for are inlined where they are used, so the sanitizer
// sees them. Waiting, and waking who waits, are calls into libswiftSynchronization, which is not instrumented: to the
// sanitizer a lock that was waited for orders nothing, and what the Mutex protects is reported as a race. Here are
// functions by those calls' names, which the linker finds before the library's; they call these, and tell.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Synchronization._MutexHandle's _lockSlow(_: UInt32), _tryLockSlow() -> Bool and _unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
// The Mutex begins with its handle, at the address of the atomic value that the inlined parts change.
#define HANDLE __attribute__((swift_context)) void *handle

void __tsan_acquire(void *);
void __tsan_release(void *);

SWIFT void lock(uint32_t thread, HANDLE) __asm__(LOCK);
SWIFT bool try_lock(HANDLE) __asm__(TRY_LOCK);
SWIFT void unlock(HANDLE) __asm__(UNLOCK);

static SWIFT void (*library_lock)(uint32_t thread, HANDLE);
static SWIFT bool (*library_try_lock)(HANDLE);
static SWIFT void (*library_unlock)(HANDLE);

__attribute__((constructor)) static void find(void) {
    library_lock = dlsym(RTLD_NEXT, LOCK);
    library_try_lock = dlsym(RTLD_NEXT, TRY_LOCK);
    library_unlock = dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock(uint32_t thread, HANDLE) {
    library_lock(thread, handle);
    __tsan_acquire(handle);
}

SWIFT bool try_lock(HANDLE) {
    bool locked = library_try_lock(handle);
    if (locked) __tsan_acquire(handle);
    return locked;
}

SWIFT void unlock(HANDLE) {
    __tsan_release(handle);
    library_unlock(handle);
}
