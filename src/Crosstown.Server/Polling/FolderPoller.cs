namespace Crosstown.Server.Polling;

/// <summary>Reads log files that another program drops into a signal's folder. It leaves them where they are; links and folders below are not followed.</summary>
internal sealed class FolderPoller(SourceSettings settings) : IPoller
{
    public async Task PollAsync(PollContext context)
    {
        var folder = Path.GetFullPath(Path.Combine(settings.DropFolder, context.Source.Address));
        if (!folder.StartsWith(settings.DropFolder.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            throw new PollException("XT331", "The source's folder does not lie below the one for dropped logs.");
        }

        try
        {
            if (!Directory.Exists(folder))
            {
                throw new PollException("XT339", "The folder is not there.");
            }

            var names = new DirectoryInfo(folder).EnumerateFiles()
                .Where(f => f.LinkTarget is null && (f.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Device)) == 0)
                .Select(f => f.Name)
                .Take(context.Limits.ListedFiles + 1)
                .ToArray();
            await FilePolling.ReadNewAsync(context, names, async (name, content) =>
            {
                await using var file = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
                await content.ReadAsync(file, context.Stop);
                context.CountBytes(content.Length);
            });
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new PollException("XT339", "The folder, or a file in it, cannot be read.");
        }
    }
}
