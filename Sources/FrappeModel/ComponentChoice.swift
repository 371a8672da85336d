/// A component as a person names it: `web` for every replica, `web-2` for one.
package struct ComponentChoice: Hashable, Sendable, CustomStringConvertible {
    package let component: Component
    package let instance: String?

    package init(_ component: Component, instance: String? = nil) {
        self.component = component
        self.instance = instance
    }

    package init?(_ text: String) {
        if let component = Component(rawValue: text) {
            self.init(component)
        } else if let dash = text.lastIndex(of: "-"), let component = Component(rawValue: String(text[..<dash])),
            component.isScalable, let number = Int(text[text.index(after: dash)...]), number > 0
        {
            self.init(component, instance: String(number))
        } else {
            return nil
        }
    }

    package func contains(_ identity: ContainerIdentity) -> Bool {
        identity.component == component && (instance ?? identity.instance) == identity.instance
    }

    package var description: String { component.rawValue + (instance.map { "-\($0)" } ?? "") }
}
