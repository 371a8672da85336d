import Foundation
import Rendering
import TestSupport
import Testing

@testable import Operations

@Suite("A timer that renews certificates")
struct RenewalTimerTests {
    @Test("is there where it is wanted, goes where it is not, and keeps the program that it was made with")
    func drift() throws {
        let directory = try TemporaryDirectory()
        let units = directory.path
        let layout = HostLayout(root: "/home/frappe", rootID: "abc123")
        func timer(_ program: String) -> RenewalTimer {
            var timer = RenewalTimer(layout: layout, engine: "/run/docker.sock", program: program)
            timer.unitDirectory = units
            return timer
        }
        let path = "\(units)/frappectl-abc123-certificates"
        let name = "frappectl-abc123-certificates.timer"
        func cause(_ program: String = "/bin/sh", isWanted: Bool = true) -> String? {
            timer(program).drift(isWanted: isWanted)?.cause
        }
        #expect(cause() == "\(path).timer is missing: certificates are to be renewed")
        #expect(cause(isWanted: false) == nil)
        #expect(cause("/tmp/a program") == nil)

        func write(_ program: String) throws {
            let unit = try IngressHostFiles.renewal(
                root: layout.root, program: program, engine: "/run/docker.sock")
            try Data(unit.utf8).write(to: URL(filePath: "\(path).service"))
        }
        try Data(IngressHostFiles.renewalTimer(root: layout.root).utf8).write(to: URL(filePath: "\(path).timer"))
        try write("/bin/sh")
        #expect(cause() == "\(name) is not enabled")
        try FileManager.default.createDirectory(
            atPath: "\(units)/timers.target.wants", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(units)/timers.target.wants/\(name)", withDestinationPath: "\(path).timer")
        #expect(cause() == nil)
        // Another copy of the program leaves it alone, until the one in it is gone.
        #expect(cause("/bin/cat") == nil)
        try write("/nowhere/frappectl")
        #expect(cause() == "\(path).service differs")
        #expect(cause(isWanted: false) == "is no longer wanted")
        try Data("[Timer]\nOnCalendar=monthly\n".utf8).write(to: URL(filePath: "\(path).timer"))
        #expect(cause() == "\(path).timer differs")
    }
}
