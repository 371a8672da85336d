import ArgumentParser

@main
struct Main: AsyncParsableCommand {}
