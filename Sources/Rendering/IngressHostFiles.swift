import NginxTemplates

/// Texts for the host's own services: what starts nginx at boot, and what rotates its logs.
package enum IngressHostFiles {
    /// A unit of systemd.
    package static func unit(root: String, prefix: String, nginx: String) throws(IngressRenderingError) -> String {
        try NginxTemplate.unit.rendered([
            "directory": .text(try word(root)), "prefix": .text(try word(prefix)), "nginx": .text(try word(nginx)),
        ])
    }

    /// A file for logrotate.
    package static func logRotation(
        root: String, logs: String, pidFile: String
    ) throws(IngressRenderingError) -> String {
        try NginxTemplate.logRotation.rendered([
            "directory": .text(try word(root)), "logs": .text(try word(logs)), "pidFile": .text(try word(pidFile)),
        ])
    }

    /// A path that needs no quotes, neither for systemd nor for logrotate nor for a shell.
    private static func word(_ text: String) throws(IngressRenderingError) -> String {
        let path = try IngressValue.path(text)
        guard path.utf8.allSatisfy({ IngressValue.isWordByte($0) }) else { throw .refused(.path, text) }
        return path
    }
}
