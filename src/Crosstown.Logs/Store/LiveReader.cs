using Crosstown.Core.Events;

namespace Crosstown.Logs.Store;

/// <summary>Reads one signal's events from segments and from memory as one sorted run, each once.</summary>
/// <param name="stored">What lies in segments; disposed with this.</param>
/// <param name="recent">What is in memory: in order, each once.</param>
internal sealed class LiveReader(EventReader stored, ControllerEvent[] recent) : IEventReader
{
    private readonly ControllerEvent[] _block = new ControllerEvent[SegmentModel.BlockEvents];
    private ControllerEvent[] _merged = [];
    private int _blockAt;
    private int _blockEnd;
    private int _recentAt;

    public bool Next(out ReadOnlySpan<ControllerEvent> block)
    {
        if (_blockAt == _blockEnd)
        {
            if (!stored.Next(out block))
            {
                block = recent.AsSpan(_recentAt);
                _recentAt = recent.Length;
                return !block.IsEmpty;
            }

            if (_recentAt == recent.Length || block[^1] < recent[_recentAt])
            {
                return true;
            }

            block.CopyTo(_block);
            (_blockAt, _blockEnd) = (0, block.Length);
        }

        block = Merge();
        return true;
    }

    public void Dispose() => stored.Dispose();

    /// <summary>The rest of the block, with what belongs between its events, as far as there is room.</summary>
    private ReadOnlySpan<ControllerEvent> Merge()
    {
        _merged = _merged.Length == 0 ? new ControllerEvent[SegmentModel.BlockEvents] : _merged;
        var count = 0;
        while (_blockAt < _blockEnd && count < _merged.Length)
        {
            var order = _recentAt < recent.Length ? recent[_recentAt].CompareTo(_block[_blockAt]) : 1;
            _merged[count++] = order < 0 ? recent[_recentAt] : _block[_blockAt++];
            _recentAt += order <= 0 ? 1 : 0;
        }

        return _merged.AsSpan(0, count);
    }
}
