package import Model

/// What a `declare` call says of a person's consent to one purpose.
package struct ConsentStatement {
    /// The word in `event` of such calls.
    package static let kind = "consent"
    /// Bytes of a purpose's name.
    package static let purposeBytesMax = 100
    /// Bytes of what the statement rests on.
    package static let evidenceBytesMax = 1_000

    /// What is wrong with one.
    package enum Flaw: Error, Hashable {
        case noPurpose
        case unknownStatus(String)
        case noVersion
        case noEvidence
    }

    package var purpose: String
    package var isGranted: Bool
    /// The version of the purpose's text that the person saw; nil where nobody says.
    package var textVersion: Int?
    package var evidence: String?

    /// Reads the properties of the call.
    package init(_ properties: JSONValue) throws(Flaw) {
        guard let purpose = properties["purpose"]?.stringValue, !purpose.isEmpty,
            purpose.utf8.count <= ConsentStatement.purposeBytesMax
        else { throw .noPurpose }
        self.purpose = purpose
        switch properties["status"]?.stringValue {
        case "granted": isGranted = true
        case "withdrawn": isGranted = false
        case let other: throw .unknownStatus(other ?? "")
        }
        if let version = properties["version"], !version.isNull {
            guard case .int(let number) = version, number > 0, let number = Int(exactly: number) else { throw .noVersion }
            textVersion = number
        }
        if let text = properties["evidence"], !text.isNull {
            guard let text = text.stringValue, text.utf8.count <= ConsentStatement.evidenceBytesMax else { throw .noEvidence }
            evidence = text
        }
    }
}
