using System.Buffers.Binary;
using System.Text;

namespace Crosstown.Control.Tests.Traci;

/// <summary>A simulator that says what it was told to say, whatever it is asked, and then hangs up.</summary>
internal sealed class AnswerStream(byte[] answers) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>A message with its length before it.</summary>
    public static byte[] Message(params byte[][] parts)
    {
        byte[] body = [.. parts.SelectMany(p => p)];
        return [.. Number(body.Length + 4), .. body];
    }

    /// <summary>The answer that a command went well, or why not.</summary>
    public static byte[] Status(byte command, byte result = 0, string reason = "") => [(byte)(7 + reason.Length), command, result, .. Text(reason)];

    public static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Text(string text) => [.. Number(text.Length), .. Encoding.ASCII.GetBytes(text)];

    public override int Read(byte[] buffer, int offset, int count)
    {
        // A few bytes at a time, as a network may.
        var now = Math.Min(Math.Min(count, 7), answers.Length - _at);
        Array.Copy(answers, _at, buffer, offset, now);
        _at += now;
        return now;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
