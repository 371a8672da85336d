/// Asks again and again what no event tells.
package enum Waiting {
    /// Whether the condition came true in time.
    @discardableResult
    package static func until(
        within time: Duration, every pause: Duration = .milliseconds(50), _ condition: () async throws -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + time
        while try await !condition() {
            guard ContinuousClock.now < deadline else { return false }
            try await ContinuousClock().sleep(for: pause)
        }
        return true
    }
}
