import Dispatch
import Foundation
import Synchronization

/// The signals by which people and systems end a program: a command may ask for them, else they cancel it.
enum Signals {
    private struct State {
        var last: Int32?
        var takers: [AsyncStream<Int32>.Continuation] = []
        var resized: [AsyncStream<Void>.Continuation] = []
    }

    private static let state = Mutex(State())

    /// The last that came.
    static var last: Int32? { state.withLock { $0.last } }

    /// From now on they come here, and cancel nothing.
    static func take() -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(4))
        state.withLock { $0.takers.append(continuation) }
        return stream
    }

    /// Something each time the terminal has another size.
    static func resizes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.resized.append(continuation) }
        return stream
    }

    /// Calls `cancel` for each that no command has asked for, until the result is dropped.
    static func watch(_ cancel: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
        let ending = [SIGINT, SIGTERM, SIGHUP].filter { !($0 == SIGHUP && isIgnored($0)) }
        return ending.map { number in source(number) { arrived(number, cancel) } } + [source(SIGWINCH, resized)]
    }

    private static func arrived(_ number: Int32, _ cancel: () -> Void) {
        let takers = state.withLock { state in
            state.last = number
            return state.takers
        }
        if takers.isEmpty { cancel() }
        for taker in takers { taker.yield(number) }
    }

    private static func resized() {
        for taker in state.withLock({ $0.resized }) { taker.yield() }
    }

    private static func source(_ number: Int32, _ work: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler(handler: work)
        source.resume()
        return source
    }

    /// As `nohup` leaves SIGHUP: then it is to stay so.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}
