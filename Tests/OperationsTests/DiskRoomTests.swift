import Testing

@testable import Operations

@Suite("Room on a disk")
struct DiskRoomTests {
    private static func room(_ bytes: [String: Int], free: [String: Int]) -> DiskRoom {
        let needs = bytes.sorted { $0.key < $1.key }.map { path, bytes in
            DiskRoom.Need(what: "what is in \(path)", path: path, bytes: bytes)
        }
        var room = DiskRoom(needs: needs)
        room.free = { free[$0] ?? 0 }
        // A disk for each first letter.
        room.device = { UInt64($0.utf8.dropFirst().first ?? 0) }
        return room
    }

    @Test("that is there is not mentioned")
    func enough() throws {
        let room = Self.room(["/": 100], free: ["/": 100])
        #expect(room.shortage == nil)
        try room.ensure(root: "/")
        #expect(DiskRoom(needs: []).shortage == nil)
    }

    @Test("is added up for each disk")
    func summed() {
        let room = Self.room(["/tmp": 3 << 20, "/tmp/deeper": 2 << 20, "/usr": 1], free: ["/tmp": 4 << 20, "/usr": 1])
        #expect(
            room.shortage
                == "the disk of /tmp has 4 MiB free, and at least 5 MiB are needed "
                + "(what is in /tmp 3 MiB, what is in /tmp/deeper 2 MiB)")
    }

    @Test("that is missing is told with what to do next")
    func missing() {
        let error = #expect(throws: OperationError.self) {
            try Self.room(["/usr": 2], free: ["/usr": 1]).ensure(root: "/home/frappe")
        }
        #expect(error?.exitCode == 1)
        #expect(error?.description.contains("next: df -h /home/frappe; make room") == true)
    }

    @Test("is looked for above a directory that is still to be made")
    func notThereYet() {
        let room = Self.room(["/usr/none/of/these": 2], free: ["/usr": 1])
        #expect(room.shortage?.hasPrefix("the disk of /usr has 1 B free") == true)
    }
}
