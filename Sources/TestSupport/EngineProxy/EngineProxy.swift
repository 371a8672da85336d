import Foundation
import Synchronization

/// A unix socket in front of the Engine's: counts the calls that pass, and delays, cuts or answers those that a rule
/// names. Each connection has a thread of its own; nothing blocks elsewhere.
package final class EngineProxy: Sendable {
    /// Where clients connect; `DOCKER_HOST` is `unix://` and this.
    package let socketPath: String
    let target: String
    private let namesSubjects: Bool
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var calls: [EngineCallRecord] = []
        var rules: [Rule] = []
        var descriptors: Set<Int32> = []
        var isStopped = false
    }

    /// What is done to calls that it names.
    package struct Rule: Sendable {
        /// Method and path template, such as `POST /containers/{id}/start`, or with ` of ` and a subject after it where
        /// the proxy names subjects; nil for every call.
        package var call: String?
        /// How many that fit pass untouched before it acts.
        package var skipping = 0
        /// How many times it acts.
        package var times = 1
        package var action: Action

        package init(_ call: String?, _ action: Action, skipping: Int = 0, times: Int = 1) {
            self.call = call
            self.action = action
            self.skipping = skipping
            self.times = times
        }
    }

    package enum Action: Sendable {
        case delay(Duration)
        /// The connection ends and the Engine never hears of the call.
        case cutBefore
        /// The Engine has done it, and its answer is lost.
        case cutAfter
        /// Answered with this status, such as 500 or 409; the Engine never hears of it.
        case answer(Int)
    }

    /// Listens at once, with rules that may be changed later.
    ///
    /// - Parameter namesSubjects: whether calls say whom they are about, for which the Engine is asked beside them.
    package init(
        at socketPath: String, target: String = TestEngine.socketPath, namesSubjects: Bool = false
    ) throws {
        self.socketPath = socketPath
        self.target = target
        self.namesSubjects = namesSubjects
        unlink(socketPath)
        listener = try UnixSocket.listen(at: socketPath)
        Thread.detachNewThread { [self] in acceptConnections() }
    }

    /// Ends every connection and removes the socket.
    package func stop() {
        state.withLock { state in
            state.isStopped = true
            // Shut down, not closed: each thread closes its own, so that no number is used twice.
            for descriptor in state.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(socketPath)
    }

    package var calls: [EngineCallRecord] { state.withLock { $0.calls } }

    /// How often each call was made, by method and path template.
    package var counts: [String: Int] {
        Dictionary(calls.map { ("\($0.method) \($0.template)", 1) }, uniquingKeysWith: +)
    }

    /// The kinds of calls that were made, each once, in the order of their first call.
    package var kinds: [String] {
        var seen: Set<String> = []
        return calls.map(\.kind).filter { seen.insert($0).inserted }
    }

    /// Connections of clients that are open now.
    package var openConnections: Int { state.withLock { $0.descriptors.count / 2 } }

    package func forget() { state.withLock { $0.calls = [] } }

    /// Whether every rule has acted as often as it is to act.
    package var hasActed: Bool { state.withLock { $0.rules.allSatisfy { $0.times == 0 } } }

    package func setRules(_ rules: [Rule]) { state.withLock { $0.rules = rules } }

    private func acceptConnections() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                break
            }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            Thread.detachNewThread { [self] in serve(client) }
        }
        close(listener)
    }

    private func serve(_ client: Int32) {
        guard let engine = UnixSocket.connect(to: target) else {
            close(client)
            return
        }
        let isWelcome = state.withLock { state in
            guard !state.isStopped else { return false }
            state.descriptors.formUnion([client, engine])
            return true
        }
        if isWelcome { ProxyConnection(client: client, engine: engine, proxy: self).serve() }
        state.withLock { state in
            state.descriptors.subtract([client, engine])
            close(client)
            close(engine)
        }
    }
}

// What connections tell and ask.
extension EngineProxy {
    /// Records a call and gives its number and what is to be done to it.
    func admit(_ call: EngineCallRecord) -> (number: Int, action: Action?) {
        var call = call
        if namesSubjects { call.subject = call.subject(at: target) }
        return state.withLock { state in
            state.calls.append(call)
            let names = [nil, "\(call.method) \(call.template)", call.kind]
            var action: Action?
            for index in state.rules.indices where action == nil {
                guard state.rules[index].times > 0, names.contains(state.rules[index].call) else { continue }
                guard state.rules[index].skipping == 0 else {
                    state.rules[index].skipping -= 1
                    continue
                }
                state.rules[index].times -= 1
                action = state.rules[index].action
            }
            return (state.calls.count - 1, action)
        }
    }

    func note(status: Int, of number: Int) {
        state.withLock { state in
            if state.calls.indices.contains(number) { state.calls[number].status = status }
        }
    }
}
