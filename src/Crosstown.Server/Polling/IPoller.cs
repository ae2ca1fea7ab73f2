namespace Crosstown.Server.Polling;

/// <summary>Reads one kind of source. It can only read: there is no call that changes anything at a controller (rule X01).</summary>
internal interface IPoller
{
    /// <summary>Reads what is new.</summary>
    /// <exception cref="PollException">The source cannot be read, or what came was not taken.</exception>
    /// <exception cref="OperationCanceledException">Its time is over.</exception>
    Task PollAsync(PollContext context);
}
