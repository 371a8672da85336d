import Foundation
import FrappeModel
import Operations

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A look that is taken again and again until `q` or Ctrl-C; an Engine that is away is said, and waited for.
struct Watch {
    /// Seconds between two looks.
    let interval: Double
    let json: Bool
    /// What is seen, in words or as one line of JSON.
    let look: () async throws -> String

    /// On a terminal one picture that is redrawn; elsewhere one snapshot after the other, with `--json` one a line.
    func run() async throws {
        let screen = !json && Terminal.isTerminal(STDOUT_FILENO) ? WatchScreen() : nil
        var last = ""
        defer { screen?.close(leaving: last) }
        while !Task.isCancelled {
            do {
                last = try await look()
                show(last, screen)
            } catch {
                guard !Task.isCancelled else { break }
                let text = "\(error)".split(separator: "\n").map(String.init).first ?? ""
                if json { Terminal.error("error: \(text)") } else { show(away(text, last), screen) }
            }
            do { try await ContinuousClock().sleep(for: .seconds(interval)) } catch { break }
        }
    }

    /// Refuses what is no sensible number of seconds.
    static func check(_ seconds: Double, option: String) throws {
        guard seconds >= 0.2, seconds <= 86_400 else {
            throw OperationError.usage("\(option) takes seconds from 0.2 to 86400, not \(seconds)")
        }
    }

    private func away(_ reason: String, _ last: String) -> String {
        "! \(reason)\n  looking again every \(Quantity.duration(interval))"
            + (last.isEmpty ? "" : "; before, it was:\n\n\(last)")
    }

    private func show(_ text: String, _ screen: WatchScreen?) {
        if let screen {
            return screen.draw(ShownText.text(text, colours: Style.output.isColoured), every: interval)
        }
        if json { return Terminal.output(text) }
        Terminal.output("\(Self.time())\n\(text)\n")
    }

    static func time() -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "HH:mm:ss"
        return formatter.string(from: Date())
    }
}
