import CurlTransport
import DockerEngine
import Rendering
import StateStore

/// An error for a person: what failed and why, and the command to run next where one is known.
package struct ErrorWords: CustomStringConvertible {
    package let reason: String
    package let next: String?

    package init(_ error: any Error) {
        reason = (error as? OperationError)?.reason ?? (error as? IngressError)?.reason ?? "\(error)"
        next =
            switch error {
            case let error as OperationError: error.next
            case let error as StepReason: error.next
            case let error as IngressError: error.next
            case let error as RenderingError: error.next
            case let error as StateStoreError where error.isOfDisk:
                "df -h \(error.path); make room where it is full, then the same command again"
            case is EngineError, is TransportError, is StateStoreError: "frappectl doctor"
            default: nil
            }
    }

    package var description: String { reason + (next.map { "\n  next: \($0)" } ?? "") }
}
