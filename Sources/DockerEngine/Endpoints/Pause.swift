extension EngineClient {
    package func unpauseContainer(_ id: String) async throws(EngineError) {
        try await answer(EngineCall(.post, "containers", id, "unpause"))
    }
}
