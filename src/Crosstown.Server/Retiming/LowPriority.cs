using System.Runtime.InteropServices;

namespace Crosstown.Server.Retiming;

/// <summary>Threads whose work may wait for everybody else's.</summary>
internal static partial class LowPriority
{
    /// <summary>Far enough down that a thread gets what others leave, and not so far that it starves.</summary>
    private const int Nice = 10;

    /// <summary>Runs on a thread of its own below normal priority. The task ends with the work, and carries its exception.</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            // On Linux a thread's priority in .NET says nothing to the kernel; its niceness, which is each thread's own there, does.
            if (OperatingSystem.IsLinux())
            {
                _ = SetPriority(0, 0, Nice);
            }

            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Whoever awaits the task gets it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Priority = ThreadPriority.BelowNormal,
            Name = name,
        };
        thread.Start();
        return done.Task;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
