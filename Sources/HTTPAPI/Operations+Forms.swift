internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let formOperations = [listForms, createForm, readForm, changeForm, deleteForm, readNextStep, readProgress]

    private static let path = "/api/v1/forms/{id}"
    private static let asOf = APIParameter.text(
        "asOf",
        "Only what had been received before: an instant, or a date that means its first instant in the workspace's time zone.")

    private static let listForms = APIOperation(
        method: .get, path: "/api/v1/forms", id: "listForms", tag: "Registration",
        summary: "The forms that people fill step by step.", access: .key(.read),
        answer: APISchema.object(["forms": APISchema.list("Form")])
    ) { call throws(Problem) in
        .json(["forms": .array(try await call.directory.forms(of: try call.workspace).map(\.json))])
    }

    private static let createForm = APIOperation(
        method: .post, path: "/api/v1/forms", id: "createForm", tag: "Registration",
        summary: "Make a form: a list of steps, each with a few traits.", access: .key(.manage), body: APISchema.formWish,
        status: 201, answer: APISchema.reference("Form"), problems: [409]
    ) { call throws(Problem) in
        .json(try await call.directory.createForm(try wish(call), in: try call.workspace, by: try actor(call)).json)
    }

    private static let readForm = APIOperation(
        method: .get, path: path, id: "readForm", tag: "Registration", summary: "One form.", access: .key(.read),
        answer: APISchema.reference("Form"), problems: [404]
    ) { call throws(Problem) in .json(try await form(call).json) }

    private static let changeForm = APIOperation(
        method: .put, path: path, id: "changeForm", tag: "Registration", summary: "Give a form another name and other steps.",
        access: .key(.manage), body: APISchema.formWish, answer: APISchema.reference("Form"), problems: [404, 409]
    ) { call throws(Problem) in
        let id: FormID = try call.id("id", "form")
        return .json(try await call.directory.changeForm(id, try wish(call), in: try call.workspace, by: try actor(call)).json)
    }

    private static let deleteForm = APIOperation(
        method: .delete, path: path, id: "deleteForm", tag: "Registration",
        summary: "Delete a form; what people have told stays.", access: .key(.manage), answer: APISchema.reference("Form"),
        problems: [404]
    ) { call throws(Problem) in
        let id: FormID = try call.id("id", "form")
        return .json(try await call.directory.deleteForm(id, in: try call.workspace, by: try actor(call)).json)
    }

    private static let readNextStep = APIOperation(
        method: .get, path: path + "/next", id: "readNextStep", tag: "Registration",
        summary: "At which step of a form one person stands, and which of its traits are missing.", access: .key(.read),
        parameters: [.text("person", "A person's id, or an identity such as user_id:abc."), asOf],
        answer: APISchema.reference("NextStep"), problems: [404]
    ) { call throws(Problem) in
        guard let text = call.query["person"] else { throw APICall.badParameter("person", "is missing") }
        let (form, workspace) = (try await form(call), try await call.open())
        let traits = try workspace.computedTraits
        return .json(
            try await workspace.look(asOf: try call.instant("asOf", workspace.calendar)) { view throws(Problem) in
                let person = try person(text, view)
                return form.standing(of: view.traits(of: person, computedTraits: traits)).json(form, person)
            })
    }

    private static let readProgress = APIOperation(
        method: .get, path: path + "/progress", id: "readFormProgress", tag: "Registration",
        summary: "How many people reached and finished each step, and the expressions for them.", access: .key(.read),
        parameters: [asOf], answer: APISchema.reference("FormProgress"), problems: [404]
    ) { call throws(Problem) in
        let (form, workspace) = (try await form(call), try await call.open())
        let progress = try await workspace.progress(of: form, asOf: try call.instant("asOf", workspace.calendar))
        return .json(["form": .string(form.id.text), "steps": .array(progress.steps.enumerated().map { $1.json($0, form) })])
    }

    private static func form(_ call: APICall) async throws(Problem) -> RegistrationForm {
        try await call.directory.form(try call.id("id", "form"), of: try call.workspace)
    }

    private static func actor(_ call: APICall) throws(Problem) -> Actor {
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        return .key(grant.key)
    }

    private static func wish(_ call: APICall) throws(Problem) -> FormWish {
        let body = try ObjectReader(try call.json(), known: ["name", "steps"])
        let elements = body.present("steps")?.arrayValue
        guard let elements else {
            throw Problem(
                .badForm, "\"steps\" is a list of steps such as \(#"{"name": "Contact", "traits": ["email"]}"#).", place: "/steps")
        }
        var steps: [RegistrationForm.Step] = []
        for (index, element) in elements.enumerated() {
            let traits = element["traits"]?.arrayValue?.compactMap(\.stringValue)
            guard let members = element.objectValue, let name = element["name"]?.stringValue, let traits,
                traits.count == element["traits"]?.arrayValue?.count, members.count == 2
            else {
                throw Problem(
                    .badForm, "A step is its name and the keys of its traits: \(#"{"name": "Contact", "traits": ["email"]}"#).",
                    place: "/steps/\(index)")
            }
            steps.append(RegistrationForm.Step(name: name, traits: traits))
        }
        return FormWish(name: try body.requiredText("name"), steps: steps)
    }
}

extension RegistrationForm {
    fileprivate var json: JSONValue {
        [
            "id": .string(id.text), "name": .string(name), "steps": .array(steps.map(\.json)),
            "createdAt": .string(createdAt.rfc3339),
        ]
    }
}

extension RegistrationForm.Step {
    fileprivate var json: JSONValue { ["name": .string(name), "traits": .array(traits.map { .string($0) })] }
}

extension RegistrationStanding {
    fileprivate func json(_ form: RegistrationForm, _ person: PersonID) -> JSONValue {
        [
            "form": .string(form.id.text), "person": .string(person.text), "done": .bool(step == nil),
            "number": step.map { .int(Int64($0 + 1)) } ?? .null, "step": step.map { form.steps[$0].json } ?? .null,
            "missing": .array(missing.map { .string($0) }),
        ]
    }
}

extension RegistrationProgress.Step {
    fileprivate func json(_ index: Int, _ form: RegistrationForm) -> JSONValue {
        [
            "name": .string(step.name), "traits": .array(step.traits.map { .string($0) }), "reached": .int(Int64(reached)),
            "finished": .int(Int64(finished)), "dropped": .int(Int64(dropped)),
            "people": [
                "reached": form.reached(index), "finished": form.finished(index), "dropped": form.dropped(index),
            ],
        ]
    }
}
