using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Core.Tables;

/// <summary>Writes the rows of one table in the order in which it is given them.</summary>
/// <remarks>
/// Numbers that are no number (NaN, infinities) are written as missing. What a writer writes is whole only after <see cref="Complete"/>;
/// a writer disposed before that leaves it unfinished, for its owner to throw away.
/// </remarks>
public interface ITableWriter : IDisposable
{
    /// <summary>Writes <paramref name="count"/> rows of <paramref name="rows"/>, from <paramref name="start"/> on.</summary>
    /// <param name="signal">Goes into the <see cref="ColumnType.Signal"/> column.</param>
    /// <param name="clock">The signal's wall clock, for <see cref="TimeStyle.Local"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time lies outside the years 1 to 9999.</exception>
    void Write(SignalId signal, LocalTimeMap clock, RowBuffer rows, int start, int count);

    /// <summary>Ends the table: everything is written, nothing is held back.</summary>
    void Complete();
}
