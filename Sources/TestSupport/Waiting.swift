/// Asks again at growing intervals what no event tells.
package enum Waiting {
    /// Whether the condition came true in time.
    @discardableResult
    package static func until(
        within time: Duration, every pause: Duration = .milliseconds(20), _ condition: () async throws -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + time
        var pause = pause
        while try await !condition() {
            guard ContinuousClock.now < deadline else { return false }
            try await ContinuousClock().sleep(for: pause)
            pause = min(pause * 1.5, .milliseconds(500))
        }
        return true
    }
}
