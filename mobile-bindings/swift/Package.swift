// swift-tools-version:6.0
// The package as it stands in the repository, where its tests run on the library that cargo built:
// mobile-bindings/swift/test. What an app embeds is laid out by mobile-bindings/swift/xcframework.
import PackageDescription

let package = Package(
    name: "Roadbook",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "RoadbookKit", targets: ["RoadbookKit"])],
    targets: [
        // Generated: the declarations of the native library.
        .systemLibrary(name: "RoadbookFFI"),
        // Generated, but for the ids: the calls. What UniFFI 0.32 writes for an asynchronous protocol does not compile
        // in mode 6.
        .target(
            name: "RoadbookCore",
            dependencies: ["RoadbookFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: [.linkedLibrary("roadbook_mobile")]
        ),
        // Written by hand: what makes the calls feel at home in Swift. Apps import this one.
        .target(name: "RoadbookKit", dependencies: ["RoadbookCore"]),
        // A day of work, for docs/mobile.md.
        .executableTarget(name: "FieldDay", dependencies: ["RoadbookKit"]),
        // What tests/bench/packages.rs measures.
        .executableTarget(name: "Bench", dependencies: ["RoadbookKit"]),
        .testTarget(name: "RoadbookTests", dependencies: ["RoadbookKit"]),
        // What a test of it runs in a process of its own.
        .executableTarget(name: "Stress", dependencies: ["RoadbookKit"], path: "Tests/Stress"),
    ]
)
