public import Model
import People
import Questions
public import Records

/// How far people come in a form: each stands at the first step of which a trait is missing.
public struct RegistrationProgress: Hashable, Sendable {
    /// One step, with those who came to it.
    public struct Step: Hashable, Sendable {
        public var step: RegistrationForm.Step
        /// Who has all traits of the steps before: everybody at the first.
        public var reached: Int
        /// Who of them has all traits of this one.
        public var finished: Int
        /// Who stands here.
        public var dropped: Int { reached - finished }
    }

    public var steps: [Step]

    /// - Parameters:
    ///   - everybody: number of people.
    ///   - finished: how many have the traits of each step and all before.
    init(_ form: RegistrationForm, everybody: Int, finished: [Int]) {
        steps = zip(form.steps, zip([everybody] + finished, finished)).map {
            Step(step: $0, reached: $1.0, finished: $1.1)
        }
    }
}

/// Where one person stands in a form.
public struct RegistrationStanding: Hashable, Sendable {
    /// The index of the first step that is not done; nil when all are.
    public var step: Int?
    /// The traits that are missing there, in the order of the form.
    public var missing: [String]

    /// - Parameter traits: the person's current traits as one object.
    init(_ form: RegistrationForm, traits: JSONValue) {
        func isMissing(_ key: String) -> Bool { RegistrationStanding.value(key, traits)?.isNull ?? true }
        step = form.steps.firstIndex { $0.traits.contains(where: isMissing) }
        missing = step.map { form.steps[$0].traits.filter(isMissing) } ?? []
    }

    /// The trait of that name, else what dots lead to in an object.
    private static func value(_ key: String, _ traits: JSONValue) -> JSONValue? {
        if let value = traits[key] { return value }
        guard let dot = key.firstIndex(of: "."), let inner = traits[String(key[..<dot])] else { return JSONValue?.none }
        return value(String(key[key.index(after: dot)...]), inner)
    }
}

extension RegistrationForm {
    /// The expression for those who came to a step: who has all traits of the steps before.
    public func reached(_ step: Int) -> JSONValue {
        let traits = steps[..<step].flatMap(\.traits)
        return traits.isEmpty ? ["everyone": true] : RegistrationForm.have(traits)
    }

    /// The expression for those who have all traits up to a step and of it.
    public func finished(_ step: Int) -> JSONValue { RegistrationForm.have(steps[...step].flatMap(\.traits)) }

    /// The expression for those who came to a step and stand there.
    public func dropped(_ step: Int) -> JSONValue {
        let rest: JSONValue = ["not": RegistrationForm.have(steps[step].traits)]
        return step == 0 ? rest : ["all": [reached(step), rest]]
    }

    private static func have(_ traits: [String]) -> JSONValue {
        let parts = traits.map { ["trait": .string($0), "op": "exists"] as JSONValue }
        return parts.count == 1 ? parts[0] : ["all": .array(parts)]
    }
}

extension RegistrationForm {
    /// Where a person with these traits stands.
    public func standing(of traits: JSONValue) -> RegistrationStanding { RegistrationStanding(self, traits: traits) }
}

extension OpenWorkspace {
    /// How far people come in a form, as of now or of an instant of receipt.
    public func progress(of form: RegistrationForm, asOf: Instant? = nil) async throws(Problem) -> RegistrationProgress {
        try await look(asOf: asOf) { view throws(Problem) in
            let executor = try self.executor(view)
            let finished = try executor.peopleThrough(form.steps.map(\.traits), at: view.instant, asOf: asOf)
            return RegistrationProgress(form, everybody: view.everybody, finished: finished)
        }
    }
}
