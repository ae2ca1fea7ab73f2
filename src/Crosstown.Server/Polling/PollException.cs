using Crosstown.Core.Data;

namespace Crosstown.Server.Polling;

/// <summary>A source could not be read, or what it gave was not taken.</summary>
/// <param name="words">In words, without addresses or what the controller itself said.</param>
internal sealed class PollException(string code, string words) : Exception(words)
{
    public string Code { get; } = code;

    public Problem At(Source source) => new(Code, source.Name, Message);
}
