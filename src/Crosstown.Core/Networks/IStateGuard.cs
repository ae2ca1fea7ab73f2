using System.Collections.Immutable;
using Crosstown.Core.Data;

namespace Crosstown.Core.Networks;

/// <summary>Judges every state of one signal before it is shown, by what the signal has shown before.</summary>
/// <remarks>It shares nothing with what makes the states: the two check one another.</remarks>
public interface IStateGuard
{
    /// <summary>All that speaks against showing a state from this second on, for a second; empty when it may be shown. Changes nothing.</summary>
    /// <param name="nowS">Seconds of the clock, not before those of the last state.</param>
    /// <param name="state">A letter for each link, as in <see cref="FixedPhase"/>.</param>
    ImmutableArray<Problem> Judge(int nowS, string state);

    /// <summary>Takes note of what the signal does show from this second on, approved or not.</summary>
    /// <param name="nowS">Seconds of the clock, not before those of the last state.</param>
    /// <param name="state">As many letters as the signal has links.</param>
    void Note(int nowS, string state);
}
