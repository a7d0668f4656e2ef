/// One thing that is wrong with an input: what, where, and what to do about it.
///
/// Every refusal of Teahouse is a `Problem`: the command line prints it, HTTP answers it as RFC 9457, the console shows it.
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stable word for programs, such as `message_id_conflict`; lower case with underscores.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let text: String
        public init(_ text: String) { self.text = text }
        public var description: String { text }
    }

    public var code: Code
    /// One or two sentences for people: what was wrong, and what to do.
    ///
    /// Holds no private values.
    public var wording: Wording
    /// Where in the input: an RFC 6901 pointer, `?name` of a parameter, `line 3, column 8`, a file, or nil.
    public var place: String?
    /// The HTTP status that fits best; 400 unless the thrower knows better.
    public var status: Int
    /// Seconds after which trying again makes sense, when it does.
    public var retryAfterSeconds: Int?

    public init(_ code: Code, _ wording: Wording, place: String? = nil, status: Int = 400, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.wording = wording
        self.place = place
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The wording in English.
    public var message: String { wording.description }

    public var description: String {
        if let place { "\(place): \(message)" } else { message }
    }
}

extension Problem {
    /// The place as an RFC 6901 pointer; nil when it is of another kind.
    public var pointer: String? { place.flatMap { $0.isEmpty || $0.hasPrefix("/") ? $0 : nil } }

    /// The parameter of the query that is wrong; nil when the place is of another kind.
    public var parameter: String? { place.flatMap { $0.hasPrefix("?") ? String($0.dropFirst()) : nil } }

    /// Line and column in the text, both from 1; nil when the place is of another kind.
    public var position: (line: Int, column: Int)? {
        let words = (place ?? "").split { $0 == " " || $0 == "," }
        guard words.count == 4, words[0] == "line", words[2] == "column", let line = Int(words[1]), let column = Int(words[3])
        else { return nil }
        return (line, column)
    }
}

extension Problem.Code {
    public static let badRequest = Problem.Code("bad_request")
    public static let malformedJSON = Problem.Code("malformed_json")
    public static let messageIDConflict = Problem.Code("message_id_conflict")
    public static let notBuilt = Problem.Code("not_built")
    public static let notFound = Problem.Code("not_found")
    public static let unauthorized = Problem.Code("unauthorized")
    public static let forbidden = Problem.Code("forbidden")
    public static let diskFull = Problem.Code("disk_full")
    public static let readOnly = Problem.Code("read_only")
    public static let locked = Problem.Code("data_folder_locked")
    public static let damaged = Problem.Code("damaged")
    public static let overloaded = Problem.Code("overloaded")
    public static let stopping = Problem.Code("stopping")
}
