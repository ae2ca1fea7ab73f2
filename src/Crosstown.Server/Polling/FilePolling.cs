namespace Crosstown.Server.Polling;

/// <summary>Reads the new files among those that a folder lists, for every way of getting at a folder.</summary>
internal static class FilePolling
{
    /// <param name="names">As listed; whatever is no name of a log is left out.</param>
    /// <param name="fetch">Gets one file.</param>
    public static async Task ReadNewAsync(PollContext context, IReadOnlyCollection<string> names, Func<string, AnswerBuffer, Task> fetch)
    {
        if (names.Count > context.Limits.ListedFiles)
        {
            throw new PollException("XT341", $"The folder lists more than {context.Limits.ListedFiles} files.");
        }

        PollException? unread = null;
        foreach (var name in FileMarks.Choose(names, context.Memory.FileMark, context.Limits.FilesAtOnce))
        {
            using var content = context.NewBuffer();
            await fetch(name, content);
            var mark = FileMarks.Of(name);
            var known = mark == context.Memory.FileMark && content.Length >= context.Memory.FileBytes ? context.Memory.FileEvents : 0;
            if (known > 0 && content.Length == context.Memory.FileBytes)
            {
                continue;
            }

            try
            {
                // A controller makes the file before it writes the first event.
                var events = content.Length == 0 ? 0 : await context.TakeAsync(content.Content, format: null, known);
                context.Memory.TakeFile(mark, content.Length, events);
            }
            catch (PollException e) when (e.Code == "XT343")
            {
                // One damaged file must not hide those behind it.
                unread = e;
                context.Memory.TakeFile(mark, content.Length, 0);
            }
        }

        if (unread is not null)
        {
            throw unread;
        }
    }
}
