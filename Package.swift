// swift-tools-version: 6.2
import PackageDescription

/// What lands has no warnings; someone who builds with a newer compiler may see some.
let strict: [SwiftSetting] = Context.environment["TEAHOUSE_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// Tests look inside modules in release builds too; what people run is built without.
let testing: [SwiftSetting] = Context.environment["TEAHOUSE_TESTING"] == nil ? [] : [.unsafeFlags(["-enable-testing"])]

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

/// A library of ours.
///
/// Arrows point down the list only: `docs/ARCHITECTURE.md`.
func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings + strict + testing)
}

/// The tests of one library; they may use `TestSupport`.
///
/// What they read by path and do not compile is excluded, so that the package manager does not wonder what it is.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], excluding excluded: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies, exclude: excluded,
        swiftSettings: settings)
}

let package = Package(
    name: "teahouse",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "teahouse", targets: ["teahouse"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Debian's libraries
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CRoaring", providers: [.apt(["libroaring-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .target(
            name: "CSimdjson", cxxSettings: [.unsafeFlags(["-std=c++17", "-O3"])],
            linkerSettings: [.linkedLibrary("simdjson")]),

        // Stores
        library("Model", [collections]),
        library("Columns", ["Model", "CSimdjson", "CZstd", "CXXHash", "CRoaring"]),
        library("Disks", ["Model", "Columns"]),
        library("EventStore", ["Model", "Columns", "Disks", logging]),
        library("Records", ["Model", "Columns", crypto, cryptoExtras]),
        library("RecordsSQLite", ["Model", "Columns", "Disks", "Records", grdb, grdbSQLite]),
        library("RecordsPostgres", ["Model", "Records", "CPostgres"]),

        // Areas
        library("Questions", ["Model", "Columns", "EventStore", collections]),
        library("People", ["Model", "Columns", "EventStore", "Questions", "Records", collections]),
        library("Loyalty", ["Model", "Columns", "Records", collections, crypto, cryptoExtras]),
        library("Intake", ["Model", "Columns", "EventStore", "People", "Records", "CZlib", "CZstd", collections, crypto, logging]),
        library(
            "Workspaces",
            [
                "Model", "Columns", "EventStore", "Records", "Loyalty", "People", "Questions", "Intake", collections, crypto,
                cryptoExtras,
                logging,
            ]),
        library("Worlds", ["Model", collections]),

        // Delivery
        library(
            "HTTPAPI",
            [
                "Model", "Columns", "EventStore", "Records", "Loyalty", "People", "Questions", "Intake", "Workspaces", "CZlib",
                collections, httpTypes, hummingbird, logging, nioCore,
            ],
            resources: [.embedInCode("BrowserScript/teahouse.js")]),
        library(
            "Console",
            [
                "Model", "Columns", "EventStore", "Records", "Loyalty", "People", "Questions", "Intake", "Workspaces", collections,
                httpTypes, hummingbird, logging, mustache, nioCore,
            ],
            resources: [.embedInCode("Assets")]),
        library(
            "Runtime",
            [
                "Model", "Disks", "EventStore", "Records", "RecordsPostgres", "RecordsSQLite", "Loyalty", "People", "Questions",
                "Intake", "Workspaces", "Worlds", "HTTPAPI", "Console", "Columns", "CMalloc", asyncHTTPClient, collections,
                configuration,
                hummingbird, logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle, unixSignals,
            ]),
        .executableTarget(
            name: "teahouse", dependencies: ["Runtime", "Model", argumentParser, logging],
            swiftSettings: settings + strict),

        // Tests
        library(
            "TestSupport",
            [
                "Model", "Columns", "Disks", "EventStore", "Records", "RecordsPostgres", "RecordsSQLite", "People", "Questions",
                "Intake", "Workspaces", "Worlds", collections,
            ]),
        .testTarget(
            name: "SystemTests", dependencies: ["TestSupport", "Model", "Columns", "Worlds", "CZlib", collections],
            swiftSettings: settings),
        tests("Columns", ["Model", collections]),
        tests("EventStore", ["Model", "Columns", "Disks", collections, logging], excluding: ["Golden"]),
        tests("Runtime", ["Model", "Questions", "Records", "Workspaces", logging]),
        tests("Records", ["Model", "Disks", "RecordsPostgres", "RecordsSQLite"]),
        tests("Intake", ["Model", "Columns", "EventStore", "People", "Records", "CZlib", "CZstd", "Worlds", collections, logging]),
        tests(
            "Workspaces",
            [
                "Model", "Disks", "EventStore", "Loyalty", "Questions", "Records", "RecordsSQLite", "People", "Intake", logging,
            ]),
        tests(
            "HTTPAPI",
            [
                "Model", "Columns", "EventStore", "Records", "RecordsSQLite", "People", "Questions", "Intake", "Workspaces",
                collections, httpTypes, hummingbird, hummingbirdTesting, logging, nioCore,
            ]),
        tests(
            "Console",
            [
                "Model", "Columns", "EventStore", "Intake", "Loyalty", "People", "Questions", "Records", "RecordsSQLite",
                "Workspaces", httpTypes,
                hummingbird, hummingbirdTesting, logging,
                nioCore,
            ], excluding: ["Golden"]),
        tests("Worlds", ["Model", collections]),
        tests("Model"),
        tests(
            "Loyalty", ["Model", "Columns", "Disks", "Records", "RecordsPostgres", "RecordsSQLite", "CZlib", collections, crypto]),
        tests("Questions", ["Model", "Columns", "EventStore", collections]),
        tests("People", ["Model", "Columns", "EventStore", "Questions", "CZlib", collections, logging]),
    ]
)
