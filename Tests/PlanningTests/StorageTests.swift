import FrappeModel
import Planning
import Testing

@Suite struct StorageTests {
    private static let trouble = StorageTrouble(reason: "the disk of /mnt/fast is not mounted", next: "mount /mnt/fast")

    private static func plan(_ fixture: PlanFixture) -> Plan {
        Planner(desired: fixture.desired, observed: fixture.observed, knownBenches: [PlanFixture.bench]).plan()
    }

    @Test(arguments: [false, true])
    func `of a bench whose files cannot be reached one step is left, which says why`(isConverged: Bool) throws {
        var fixture = PlanFixture(converged: isConverged)
        fixture.observed.configured = [:]
        fixture.observed.storageTroubles = [PlanFixture.bench: Self.trouble]
        let steps = Self.plan(fixture).steps.filter { $0.bench == PlanFixture.bench }
        let only = try #require(steps.first)
        #expect(steps.count == 1)
        #expect(only.action == .requireStorage(Self.trouble))
        #expect(only.cause == Self.trouble.words)
    }

    @Test func `what benches share is made all the same, also what the bench would have made first`() throws {
        var fixture = PlanFixture(converged: false)
        let other = ObjectName("other")
        var desired = try #require(fixture.desired.benches[PlanFixture.bench])
        desired.bench.name = other
        fixture.desired.benches[other] = desired
        fixture.observed.storageTroubles = [PlanFixture.bench: Self.trouble]
        let steps = Self.plan(fixture).steps
        #expect(steps.contains { $0.action == .prepareDatabase(server: "frappe-mariadb") })
        #expect(steps.contains { $0.action == .prepareBench(other) })
        fixture.observed.storageTroubles = [other: Self.trouble]
        #expect(Self.plan(fixture).steps.contains { $0.action == .extractAssets(PlanFixture.bench) })
    }
}

/// `storageSize` where the kernel can enforce it: limits in bytes, nil for none.
@Suite struct LimitOfFilesTests {
    private static func steps(size: Int?, _ found: FilesLimit?) -> [Step] { plan(size: size, found).steps }

    private static func plan(size: Int?, _ found: FilesLimit?) -> Plan {
        var fixture = PlanFixture(converged: true)
        fixture.desired.benches[PlanFixture.bench]?.bench.storageSize = size
        fixture.observed.filesLimits[PlanFixture.bench] = found
        return Planner(desired: fixture.desired, observed: fixture.observed, knownBenches: [PlanFixture.bench]).plan()
    }

    @Test func `is set, raised, lowered and lifted as the manifest says, and nothing else is done`() {
        for (size, limit) in [(4096, nil), (8192, 4096), (4096, 8192), (nil, 4096)] as [(Int?, Int?)] {
            let steps = Self.steps(size: size, FilesLimit(limit: limit, used: 1000))
            #expect(steps.map(\.action) == [.limitFiles(PlanFixture.bench, bytes: size)])
        }
    }

    @Test func `stays as it is where it is right, where nothing could be written, and where nothing enforces it`() {
        #expect(Self.steps(size: 4096, FilesLimit(limit: 4096, used: 4096)) == [])
        #expect(Self.steps(size: 4000, FilesLimit(limit: 4096, used: 0)) == [], "the kernel counts in KiB")
        #expect(Self.steps(size: 4096, FilesLimit(limit: 8192, used: 4097)) == [])
        #expect(Self.steps(size: 4096, FilesLimit(limit: nil, used: 4097)) == [])
        #expect(Self.steps(size: nil, FilesLimit(limit: nil, used: 4097)) == [])
        #expect(Self.steps(size: 4096, nil) == [])
    }

    @Test func `tells of files that exceed it`() {
        let notes = Self.plan(size: 4096, FilesLimit(limit: 8192, used: 4097)).notes
        #expect(notes.contains { $0.contains("not enforced until they fit") }, "\(notes)")
        #expect(Self.plan(size: 4096, FilesLimit(limit: 4096, used: 4096)).notes == [])
        #expect(Self.plan(size: 4000, FilesLimit(limit: 4096, used: 4096)).notes == [], "the kernel counts in KiB")
    }
}
