using Crosstown.Core.Data;

namespace Crosstown.Server.Polling;

/// <summary>A source could not be read, or what it gave was not taken.</summary>
/// <param name="words">In words, without addresses or what the controller itself said.</param>
internal sealed class PollException(string code, string words) : Exception(words)
{
    /// <summary>The store did not take the events, which is no fault of the controller's.</summary>
    public const string NotStored = "XT349";

    public string Code { get; } = code;

    public Problem At(Source source) => new(Code, source.Name, Message);
}
