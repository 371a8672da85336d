import Testing

@testable import DockerEngine

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("2000-02-29T12:00:00Z", 951_825_600_000_000_000),
        ("2000-03-01T00:00:00Z", 951_868_800_000_000_000),
        ("2024-05-01T10:20:30.123456789Z", 1_714_558_830_123_456_789),
        ("2024-05-01T12:20:30.5+02:00", 1_714_558_830_500_000_000),
        ("2024-05-01T04:50:30-05:30", 1_714_558_830_000_000_000),
    ]) func `the Engine's times are read to the nanosecond`(_ text: String, _ nanoseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.nanosecondsSinceEpoch == nanoseconds)
    }

    @Test(arguments: [
        "", "0001-01-01T00:00:00Z", "2024-05-01", "2024-05-01T10:20:30", "2024-05-01 10:20:30Z", "2024-5-1T10:20:30Z",
        "2024-00-01T00:00:00Z", "2024-05-01T10:20:30.Z", "2024-05-01T10:20:30.1234567890Z", "2024-05-01T10:20:30Zx",
        "9999-01-01T00:00:00Z", "é024-05-01T10:20:30Z",
    ]) func `what is no time, or never, is none`(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `a time is asked for in seconds with all nine digits`() {
        #expect(Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_042).seconds == "1700000000.000000042")
        #expect(Timestamp(nanosecondsSinceEpoch: 5).seconds == "0.000000005")
    }
}
