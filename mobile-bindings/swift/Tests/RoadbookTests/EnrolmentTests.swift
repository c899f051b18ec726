import RoadbookKit
import Testing

@Suite("A colleague's first sign-in")
struct EnrolmentTests {
    @Test("A link lets them in once, with a password of their own")
    func once() async throws {
        let firm = try Firm()
        let link = try firm.add("bela@example.com")
        let enrolment = try #require(readEnrolment(link: link))
        #expect(enrolment.address == firm.address)
        let server = try Server(address: enrolment.address)

        let phone = try Phone()
        let bela = try await phone.roadbook.enrol(
            at: server, code: enrolment.code, password: "a password of Béla's own", device: phone.device)
        #expect(try await phone.roadbook.sync(with: server).end == .done)
        #expect(try await phone.roadbook.me() == bela)
        let user = try #require(try await phone.roadbook.settings().users.first { $0.id == bela.user })
        #expect(user.email == "bela@example.com" && user.role == .user && user.active)
        #expect(try await phone.roadbook.may(.editCards))
        #expect(try await !phone.roadbook.may(.manageUsers))

        let tablet = try Phone()
        await #expect(throws: SyncError.BadCredentials) {
            try await tablet.roadbook.enrol(
                at: server, code: enrolment.code, password: "another password", device: tablet.device)
        }
        #expect(try await tablet.roadbook.me() == nil)
        try await tablet.signIn(to: server, email: "bela@example.com", password: "a password of Béla's own")
    }

    @Test("A lost phone is shut out by its user, and hands in what it had not sent")
    func lost() async throws {
        let firm = try Firm()
        let server = try Server(address: firm.address)
        let (phone, tablet) = (try await Phone.signedIn(to: server), try await Phone.signedIn(to: server))
        try await phone.card()
        let (id, own) = (try await phone.roadbook.me()?.device, try await tablet.roadbook.me()?.device)
        let devices = try await tablet.roadbook.devices(at: server)
        let lost = try #require(devices.first { $0.id == id })
        #expect(lost.revokedAt == nil && !lost.isCurrent && lost.platform == "ios")
        #expect(devices.filter(\.isCurrent).map(\.id) == [own])

        try await tablet.roadbook.revokeDevice(lost.id, at: server)
        let after = try await tablet.roadbook.devices(at: server)
        #expect(after.first { $0.id == id }?.revokedAt != nil)
        await #expect(throws: SyncError.AccessEnded(handedIn: 1)) { try await phone.roadbook.sync(with: server) }
        await #expect(throws: SyncError.SignInNeeded) { try await phone.roadbook.devices(at: server) }
        let error = await failure(of: {
            try await tablet.roadbook.revokeDevice(DeviceId("00000000-0000-7000-8000-000000000000"), at: server)
        })
        guard case .Refused(_, "not_found") = error as? SyncError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("What is no link is none", arguments: ["", "no link", "https://roadbook.example/enrol#", "/enrol#RBPK-K3TM"])
    func noLink(_ text: String) {
        #expect(readEnrolment(link: text) == nil)
    }

    @Test("A code that nobody made and a short secret let nobody in, and use nothing up")
    func refused() async throws {
        let firm = try Firm()
        let server = try Server(address: firm.address)
        let code = try #require(readEnrolment(link: try firm.add("bela@example.com"))).code
        let phone = try Phone()
        let short = Device(platform: "ios", name: "A phone", installSecret: .random(31))
        for (code, device, error) in [
            ("AAAA-AAAA-AAAA-AAAA", phone.device, SyncError.BadCredentials),
            (code, short, .Local(error: .Invalid(reason: .installSecret(bytes: 32)))),
        ] {
            await #expect(throws: error) {
                try await phone.roadbook.enrol(at: server, code: code, password: Firm.password, device: device)
            }
        }
        // The code is still good.
        try await phone.roadbook.enrol(at: server, code: code, password: Firm.password, device: phone.device)
    }
}
