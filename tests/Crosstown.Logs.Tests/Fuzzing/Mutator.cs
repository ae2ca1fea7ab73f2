namespace Crosstown.Logs.Tests.Fuzzing;

/// <summary>Damages files in the ways in which disks, lines and people do, from a seed.</summary>
internal sealed class Mutator(int seed, byte[][] dictionary)
{
    private readonly Random _random = new(seed);

    /// <summary>One of the originals with one to six damages.</summary>
    public byte[] Next(IReadOnlyList<byte[]> originals)
    {
        var bytes = new List<byte>(originals[_random.Next(originals.Count)]);
        for (var count = _random.Next(1, 7); count > 0 && bytes.Count > 0; count--)
        {
            Damage(bytes, originals);
        }

        return [.. bytes];
    }

    private void Damage(List<byte> bytes, IReadOnlyList<byte[]> originals)
    {
        var at = _random.Next(bytes.Count);
        var length = _random.Next(1, 1 + Math.Min(bytes.Count - at, 1 << _random.Next(10)));
        switch (_random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                var other = originals[_random.Next(originals.Count)];
                var from = _random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, length)).ToArray());
                break;
            case 6:
                bytes.InsertRange(at, dictionary[_random.Next(dictionary.Length)]);
                break;
            default:
                for (var i = at; i < at + length; i++)
                {
                    bytes[i] = (byte)_random.Next(256);
                }

                break;
        }
    }
}
