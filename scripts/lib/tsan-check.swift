// Threads that contend for a Mutex and, when told to, race beside it: whether the thread sanitizer can be believed.
//
// Usage: tsan-check mutex|race

import Glibc
import Synchronization

final class Counts: Sendable {
    let kept = Mutex(0)
    nonisolated(unsafe) var bare = 0
}

let counts = Counts()
let races = CommandLine.arguments.last == "race"

func start() -> pthread_t {
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { _ in
            for turn in 0..<2_000 {
                counts.kept.withLock {
                    $0 += 1
                    // Long enough for the others to wait in the kernel, whatever else the machine does.
                    if turn.isMultiple(of: 100) { usleep(1_000) }
                }
                if races { counts.bare += 1 }
            }
            return nil
        }, nil)
    return thread
}

let threads = [start(), start(), start()]
for thread in threads { pthread_join(thread, nil) }
