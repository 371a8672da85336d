import Foundation

/// A moment at which a test may kill the program, as `kill -9` would.
///
/// Debug builds only: FRAPPECTL_FAULT names the moment, with a `*` for a part that nobody knows yet, and with FRAPPECTL_FAULT_LOG every moment that is passed is
/// written to standard error. A release build has none of this.
enum FaultPoint {
    /// Passes on, or ends the process at once with nothing cleaned up.
    static func pass(_ moment: @autoclosure () -> String) {
        #if DEBUG
            guard wanted != nil || isLogged else { return }
            let moment = moment()
            if isLogged { FileHandle.standardError.write(Data("fault: \(moment)\n".utf8)) }
            if isWanted(moment) { kill(getpid(), SIGKILL) }
        #endif
    }

    #if DEBUG
        private static func isWanted(_ moment: String) -> Bool {
            let parts = wanted?.split(separator: "*", omittingEmptySubsequences: false) ?? []
            guard let first = parts.first, let last = parts.last, parts.count == 2 else { return wanted == moment }
            return moment.count > first.count + last.count && moment.hasPrefix(first) && moment.hasSuffix(last)
        }

        private static let wanted = ProcessInfo.processInfo.environment["FRAPPECTL_FAULT"]
        private static let isLogged = ProcessInfo.processInfo.environment["FRAPPECTL_FAULT_LOG"] != nil
    #endif
}
